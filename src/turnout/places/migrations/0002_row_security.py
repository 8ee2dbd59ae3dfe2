from django.db import migrations

from turnout.core import row_security


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("core", "0002_promises")]
    operations = [row_security.enable("places_site"), row_security.enable("places_siteevent")]
