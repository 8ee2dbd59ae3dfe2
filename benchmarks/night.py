"""A night at city size: posts, a finished plan kept and published, call-outs, the board, answers through links.

7,535 real communities, 74,000 made-up staff, row security and audit on. The plan is a finished one made by a plain
rule, so that keeping and publishing are measured, not solving. Clients, web server and database share this machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks import database, served
from benchmarks.table import machine, markdown

TITLE = "The night at city size"
AREA = "11"
CLIENTS, ANSWERS_EACH, BOARDS_EACH, POLLS_EACH = 20, 300, 15, 100
WATCHERS, POLL_SECONDS = 100, 5
ASKED = 20
"""Questions of each kind to a stored plan, after the first one."""
PRODUCT = "turnout.config.settings"
CSRF = "b" * 32
Row = tuple[str, Any, str]


def run(scale: float = 1.0) -> str:
    """Fill a database at a share of the city, measure, and return the table."""
    with database.fresh() as environment:
        night = Night(scale)
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        rows = [*night.staff(), *night.called(), *night.board()]
        with served.server(environment, PRODUCT):
            rows += [*night.answers(), *night.watched()]
        rows += [*night.widened(), *night.explained()]
    return f"{machine()}\n\n{markdown(('what', 'measured', 'bar'), rows)}"


class Night:
    """One night in the benchmark's database, step by step; each step returns its rows of the table."""

    def __init__(self, scale: float) -> None:
        from turnout.drill import population
        from turnout.drill import scenario as scenarios
        from turnout.drill.cast import Cast

        self.scale = scale
        self.scenario = population.elsewhere(scenarios.shipped()["xicheng-night"], AREA, 0)
        self.cast = Cast()
        self.places = population.places(self.scenario, scale, 0)
        self.tokens: list[str] = []

    def staff(self) -> list[Row]:
        """Places and people, entered as in a drill."""
        from zoneinfo import ZoneInfo

        from turnout.drill import population
        from turnout.people.models import Person

        population.load(self.scenario, self.places, 0)
        self.cast.begin(self.scenario.area)
        self.by = self.cast.dispatcher
        for group in self.scenario.groups:
            population.enter(
                group, chosen=self.places, scenario=self.scenario, seed=0, by=self.by, zone=ZoneInfo("Asia/Shanghai")
            )
        with self._acting():
            people = Person.objects.count()
        return [("communities", len(self.places.communities), ""), ("staff", people, "")]

    def called(self) -> list[Row]:
        """Posts, the finished plan kept and published, everybody asked."""
        from turnout.access.scope import SYSTEM, acting_as
        from turnout.core import clock
        from turnout.incidents.domain import incidents, playbooks
        from turnout.staffing import planning
        from turnout.staffing.domain import drafts, plans, posts, waves

        start = clock.now() + timedelta(hours=10)
        with acting_as(SYSTEM):
            book = playbooks.publish(text=self.scenario.playbook_text(), by=SYSTEM)
        with self._acting() as by:
            self.incident = incidents.open_(title="夜间增援", area_code=AREA, playbook=book, by=by, drill=True)
            made, posts_s = _timed(
                lambda: posts.generate(incident=self.incident, starts_at=start, by=by, round_the_clock=False)
            )
            wave = waves.create(
                incident=self.incident, arrive_by=start, lock_at=start, closes_at=start + timedelta(hours=9), by=by
            )
            self.wave = waves.advance(wave=wave, to="open", by=by)
        with self._acting():
            found, read_s = _timed(lambda: planning.read(self.incident, self.incident.area_key))
        result = _finished(found.problem)
        with self._acting() as by:
            plan, keep_s = _timed(
                lambda: drafts.keep(
                    incident=self.incident,
                    area_key=self.incident.area_key,
                    found=found,
                    result=result,
                    seconds=0,
                    by=by,
                )
            )
        with self._acting() as by:
            published, publish_s = _timed(lambda: plans.publish(plan=plan, wave=self.wave, by=by))
        asked, ask_s = _timed(self._ask)
        assert asked == published.called == plan.placed, (asked, published, plan.placed)
        sent, send_s = _timed(_send)
        return [
            ("posts generated", made.added, ""),
            ("seconds to generate them", posts_s, ""),
            ("seconds to read the night for the planner", read_s, ""),
            ("people placed by the plan", plan.placed, ""),
            ("seconds to keep it as a draft", keep_s, ""),
            ("seconds to publish it", publish_s, ""),
            ("seconds to keep and publish", round(keep_s + publish_s, 1), "<= 30"),
            ("seconds to draft everybody's call-out", ask_s, "<= 30"),
            ("messages a second through the file channel", round(sent / send_s), ""),
        ]

    def _ask(self) -> Any:
        from turnout.staffing.domain import callouts

        def link(token: str) -> str:
            self.tokens.append(token)
            return f"http://127.0.0.1/c/{token}/"

        with self._acting() as by:
            return callouts.ask(wave=self.wave, by=by, channel="file", link=link)

    def board(self) -> list[Row]:
        """The board's own queries, and a signed-in browser for the server."""
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from turnout.access.models import User

        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(User.objects.get(pk=self.by.id), "allauth.account.auth_backends.AuthenticationBackend")
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.path = f"/board/{self.incident.pk}/"
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(self.path)
        assert answer.status_code == 200, answer.status_code
        return [
            ("queries of the board", len(queries), "<= 15"),
            ("kilobytes of the board's page", round(len(answer.content) / 1000), ""),
        ]

    def answers(self) -> list[Row]:
        """People answer by their links, twenty at a time; each answer is read, locked, written, audited, committed."""
        tokens = iter(self.tokens)
        each = min(ANSWERS_EACH, len(self.tokens) // (CLIENTS + 1))
        form = {"answer": "yes", "csrfmiddlewaretoken": CSRF}
        cookie = {"Cookie": f"csrftoken={CSRF}; turnout_called={'c' * 43}"}
        warm = served.post([[(f"/c/{next(tokens)}/answer/", form)] for _ in range(CLIENTS)], cookie)
        assert warm.statuses == {302: CLIENTS}, warm.statuses
        work = [[(f"/c/{next(tokens)}/answer/", form) for _ in range(each - 1)] for _ in range(CLIENTS)]
        told = served.post(work, cookie)
        assert told.statuses == {302: CLIENTS * (each - 1)}, told.statuses
        return [
            ("answers to call-outs a second, 20 clients", told.per_second, "600"),
            ("ms within which 95 % of them were answered", told.percentile(0.95), ""),
        ]

    def watched(self) -> list[Row]:
        """The whole page for twenty clients, then what a watcher costs who has the newest figures."""
        import http.client

        signed_in = {"Cookie": f"sessionid={self.session}"}
        pages = served.post([[(self.path, {})] * BOARDS_EACH for _ in range(CLIENTS)], signed_in, "GET")
        assert pages.statuses == {200: CLIENTS * BOARDS_EACH}, pages.statuses
        line = http.client.HTTPConnection("127.0.0.1", served.PORT, timeout=60)
        line.request("GET", self.path, headers=signed_in | {"HX-Request": "true"})
        first = line.getresponse()
        first.read()
        watching = signed_in | {"HX-Request": "true", "If-None-Match": str(first.getheader("ETag"))}
        polls = served.post([[(self.path, {})] * POLLS_EACH], watching, "GET")
        assert polls.statuses == {304: POLLS_EACH}, polls.statuses
        one = 1000 / polls.per_second
        return [
            ("boards a second, 20 clients", pages.per_second, ""),
            ("ms within which 95 % of the boards came", pages.percentile(0.95), ""),
            ("ms of one poll that is answered 304", round(one, 1), ""),
            (
                f"share of one core that {WATCHERS} watchers take, polling every {POLL_SECONDS} s",
                f"{one * WATCHERS / POLL_SECONDS / 1000:.0%}", "",
            ),
        ]  # fmt: skip

    def widened(self) -> list[Row]:
        """One in fifty says no; the next tier is drawn in for them, with the planner."""
        from turnout.access.scope import SYSTEM, acting_as
        from turnout.core import clock
        from turnout.staffing.domain import callouts, widening
        from turnout.staffing.models import CallOut

        with acting_as(SYSTEM) as by:
            for called in CallOut.objects.filter(wave=self.wave, state="asked").order_by("id")[::50]:
                callouts.answer_for(callout=called, answer="no", way="phone", by=by)
        with clock.at(clock.now() + timedelta(minutes=1)):
            widened, seconds = _timed(lambda: widening.widen(wave=self.wave, by=self.by, link=str))
        return [
            ("places empty before a wave was widened", widened.empty, ""),
            ("people drawn in by the next tier", widened.called, ""),
            ("seconds to widen, planner included", seconds, ""),
        ]

    def explained(self) -> list[Row]:
        """Why somebody, a post and a gap are as the widened plan has them: a page's question, from the stored plan."""
        from turnout.staffing import explaining
        from turnout.staffing.models import Gap, Placement, Plan

        with self._acting():
            plan = Plan.objects.order_by("-number")[0]
            placed = list(Placement.objects.filter(plan=plan).order_by("id").values_list("person", "post")[::50])
            gaps = list(Gap.objects.filter(plan=plan).order_by("id").values_list("post", flat=True)[:ASKED])
        told, first_s = _timed(lambda: explaining.person(plan, placed[0][0]))
        assert told is not None
        rows: list[Row] = [("seconds of the first question to a stored plan", first_s, "")]
        for what, ask, about in (
            ("person", explaining.person, [one[0] for one in placed[:ASKED]]),
            ("post", explaining.post, [one[1] for one in placed[:ASKED]]),
            ("gap", explaining.post, gaps),
        ):
            each = sorted(_timed(lambda one=one, ask=ask: ask(plan, one))[1] for one in about)
            if each:
                said = f"{each[len(each) // 2]}, slowest {each[-1]}"
                rows.append((f"seconds of a later one: why this {what} ({len(each)} asked)", said, ""))
        return rows

    def _acting(self) -> Any:
        from turnout.access.scope import acting_as

        return acting_as(self.by)


def _send() -> int:
    from turnout.notices.domain import sending

    total = 0
    while sent := sending.send_due("file"):
        total += sent
    return total


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = act()
    return result, round(time.perf_counter() - start, 3)


def _finished(problem: Any) -> Any:
    """A plan by a plain rule: people of a category in turn on the places of that category."""
    from turnout.planner.placement import result as shape

    post = np.full(len(problem.people.ids), -1, np.int64)
    for category in range(len(problem.categories)):
        places = np.flatnonzero(problem.posts.category == category)
        seats = np.repeat(places, problem.posts.places[places])
        free = np.flatnonzero((problem.people.categories >> category & 1 == 1) & (post < 0))
        count = min(len(seats), len(free))
        post[free[:count]] = seats[:count]
    filled = np.bincount(post[post >= 0], minlength=len(problem.posts.ids))
    missing = problem.posts.places - filled
    gaps = tuple(
        shape.Gap(int(k), int(max(0, problem.posts.places_min[k] - filled[k])), int(missing[k]), "none_in_category", "")
        for k in np.flatnonzero(missing > 0)
    )
    reasons = shape.Reasons(tuple("nearest" if p >= 0 else "posts_full" for p in post), gaps, (), ())
    empty = np.zeros(0)
    return shape.Result(
        plan=shape.Plan(post), score=shape.Score(*[0] * 8), prices=shape.Prices(empty, empty, empty),
        bound=shape.Bound(0.0), proof_gap=0.0, reasons=reasons, stopped_by="budget", seed=0,
    )  # fmt: skip
