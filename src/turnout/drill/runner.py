"""Playing a scenario: one queue of simulated moments, in which people act and the product's jobs run.

What somebody does (a step, an answer, an arrival) goes through the verb that a page would call; jobs are the worker's
own functions, run whenever their period comes and they have something to do. The clock stands at the moment of each.
Everybody answers as the seed says, whatever the order in which messages reach them.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM
from turnout.core.refusals import Refusal
from turnout.drill import population
from turnout.drill.cast import Cast
from turnout.drill.jobs import JOBS
from turnout.drill.population import Places
from turnout.drill.scenario import Scenario, Step
from turnout.incidents.models import Incident
from turnout.people.models import Person
from turnout.staffing.domain import callouts, consents
from turnout.staffing.models import CallOut, Consent, Wave

ADDRESS = "http://127.0.0.1/c/"
"""Where people's pages would begin; the token follows."""
LOOK_EVERY = timedelta(seconds=30)
"""How long the drill trusts what it knew about jobs that people may wake while only people act; a step or a job makes
it look at all of them anew."""
ON_THE_LIST = timedelta(minutes=1)
"""Whoever comes within one minute is ticked on one list."""
HAVE_AN_OPINION = 0.05
_TOKEN = re.compile(r"/c/([\w-]+)/")
_NINETEEN_IN_TWENTY = 1.645
_AS_ONE = 4.0
"""How close together people come: an assembly point brings most of them within its hour."""
_LATEST = 60
"""Minutes after the hour within which late people come."""

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: when it happened in the drill, when it was run, what, and what came of it."""

    at: datetime
    run_at: datetime
    zh: str
    en: str
    seconds: float


@dataclass
class Drill:
    """A scenario being played. Steps and figures read and write what stands here."""

    scenario: Scenario
    scale: float
    seed: int
    zone: ZoneInfo
    mailbox: Path
    """Where the file channel writes; the drill's people read their messages there."""
    cast: Cast
    places: Places
    say: Callable[[Line], None]
    incident: Incident | None = None
    wave: Wave | None = None
    people: int = 0
    marks: dict[str, datetime] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    """What one step leaves for a later one, by a name the scenario gives."""
    links: dict[UUID, str] = field(default_factory=dict)
    """Call-outs whose people keep their link and say afterwards how it went."""
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _serial: int = 0
    _numbers: dict[UUID, str] = field(default_factory=dict)
    _due: dict[str, datetime | None] = field(default_factory=dict)
    _ran: dict[str, datetime] = field(default_factory=dict)
    _looked: datetime | None = None
    _acted: bool = False
    _coming: dict[datetime, list[UUID]] = field(default_factory=dict)
    _units: set[UUID] = field(default_factory=set)

    # -- what happens ------------------------------------------------------------------------------------------------

    def play(self, until: datetime | None = None) -> None:
        """Run everything from the first moment to the last, or up to `until`."""
        from turnout.drill.steps import STEPS

        start = self.moment(self.scenario.starts)
        with clock.at(start):
            self._begin()
        for step in self.scenario.steps:
            self.at(self.moment(step.at), self._stepping(STEPS[step.do], step))
        self._run(until or self.moment(self.scenario.ends))

    def at(self, moment: datetime, act: Act) -> None:
        """Let something happen at a moment, after what was put there before."""
        self._serial += 1
        heapq.heappush(self._queue, (moment, self._serial, act))

    def moment(self, text: str) -> datetime:
        return self.scenario.moment(text, self.zone)

    def line(self, zh: str, en: str, began: float) -> None:
        """Add a line to the timeline, with both times."""
        line = Line(clock.now().astimezone(self.zone), datetime.now(self.zone), zh, en, time.monotonic() - began)
        self.lines.append(line)
        self.say(line)

    def number_of(self, person_id: UUID) -> str:
        """Return the number by which a made-up person is known to the seed."""
        if person_id not in self._numbers:
            with acting_as(SYSTEM):
                self._numbers = dict(Person.objects.values_list("pk", "number"))
        return self._numbers[person_id]

    def chance(self, what: str, person_id: UUID) -> random.Random:
        """Return the dice of one person for one thing: the same for a seed, in whatever order people come."""
        return random.Random(f"{self.seed}:{what}:{self.number_of(person_id)}")

    # -- the queue ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        began = time.monotonic()
        population.load(self.scenario, self.places, self.seed)
        self.cast.begin(self.scenario.area)
        later = {code for step in self.scenario.steps if step.do == "enter" for code in step.args["groups"]}
        self.enter([group.code for group in self.scenario.groups if group.code not in later])
        self._record("begin", scenario=self.scenario.name, scale=self.scale, seed=self.seed)
        places = len(self.places.communities)
        self.line(
            f"装载 {places:,} 个真实社区、{self.people:,} 名虚构人员",
            f"loaded {places:,} real communities and {self.people:,} made-up people",
            began,
        )

    def enter(self, codes: list[str]) -> int:
        """Enter the people of these groups and return how many."""
        entered = sum(
            population.enter(
                group, chosen=self.places, scenario=self.scenario, seed=self.seed,
                by=self.cast.dispatcher, zone=self.zone,
            )
            for group in self.scenario.groups
            if group.code in codes
        )  # fmt: skip
        self.people += entered
        return entered

    def _stepping(self, do: Callable[..., tuple[str, str]], step: Step) -> Act:
        def act() -> None:
            began = time.monotonic()
            zh, en = do(self, **step.args)
            self._record(step.do)
            title = step.title
            self.line(f"{title.zh}：{zh}" if zh else title.zh, f"{title.en}: {en}" if en else title.en, began)
            self._looked = None
            self._hear_units()

        return act

    def _record(self, what: str, **details: Any) -> None:
        """Put a step into the audit log: the row stands at the drill's time, its details hold the time it was run."""
        with acting_as(SYSTEM):
            audit.record(f"drill.{what}", by=SYSTEM, details=details | {"run_at": datetime.now(self.zone)})

    def _run(self, until: datetime) -> None:
        now = self.moment(self.scenario.starts)
        while True:
            job, job_at = self._next_job(now)
            event_at = self._queue[0][0] if self._queue else None
            at = min((moment for moment in (job_at, event_at) if moment is not None), default=None)
            if at is None or at > until:
                return
            now = max(now, at)
            with clock.at(now):
                if job is not None and job_at == at:
                    self._work(job)
                else:
                    heapq.heappop(self._queue)[2]()
                    self._acted = True

    def _next_job(self, now: datetime) -> tuple[str | None, datetime | None]:
        """Return the job that runs next and when: at the first beat of its period at which it has something to do."""
        anew = self._looked is None
        if anew or (self._acted and self._quiet_until(now) >= LOOK_EVERY):
            with clock.at(now):
                self._due |= {name: job.due() for name, job in JOBS.items() if anew or job.by_people}
            self._looked, self._acted = now, False
        beats = {
            name: _beat(max(due, now, self._rested(name)), JOBS[name].every_seconds)
            for name, due in self._due.items()
            if due is not None
        }
        name = min(beats, key=lambda one: beats[one], default=None)
        return name, beats[name] if name else None

    def _quiet_until(self, now: datetime) -> timedelta:
        """Return how old the last look would be when somebody acts next."""
        assert self._looked is not None
        return max(now, self._queue[0][0] if self._queue else self._looked + LOOK_EVERY) - self._looked

    def _rested(self, name: str) -> datetime:
        """Return the beat after the one at which a job ran last: what it left undone waits until then."""
        ran = self._ran.get(name)
        return ran + timedelta(seconds=JOBS[name].every_seconds) if ran else datetime.min.replace(tzinfo=self.zone)

    def _work(self, name: str) -> None:
        self.counts[f"job {name}"] += 1
        JOBS[name].run(int(clock.now().timestamp()))
        self._ran[name], self._looked = clock.now(), None
        self._hear_units()
        self._read_mail()

    # -- the people --------------------------------------------------------------------------------------------------

    def _read_mail(self) -> None:
        """Let everybody to whom a message came answer it, when and as the seed says."""
        read = self.mailbox / "read"
        for path in self.mailbox.glob("*.json"):
            letter = json.loads(path.read_text())
            self.counts["messages"] += 1
            read.mkdir(exist_ok=True)
            path.rename(read / path.name)
            token = _TOKEN.search(letter["text"])
            if token:
                self._will_answer(UUID(letter["to"]), token[1])

    def _hear_units(self) -> None:
        """Let the liaisons of units that were asked for their people say so, when and as the seed says."""
        says = self.scenario.answers
        if not says.units_say:
            return
        with acting_as(SYSTEM):
            asked = list(
                Consent.objects.filter(state="asked").exclude(pk__in=self._units).select_related("unit", "wave")
            )
        for consent in asked:
            self._units.add(consent.pk)
            chance = random.Random(f"{self.seed}:unit {consent.wave.number}:{consent.unit.code}")
            if chance.random() < says.units_say:
                after = timedelta(minutes=says.units_half_minutes * math.exp(chance.gauss(0, 1) / _NINETEEN_IN_TWENTY))
                self.at(clock.now() + after, partial(self._let_go, consent))

    def _let_go(self, consent: Consent) -> None:
        with acting_as(self.cast.liaison(consent.unit)) as by:
            consents.give(wave=consent.wave, unit=consent.unit, by=by)
        self.counts["units let go"] += 1
        self._looked = None

    def _will_answer(self, person: UUID, token: str) -> None:
        says = self.scenario.answers
        wave = self.wave
        chance = self.chance(f"answer {wave.number if wave else 0}", person)
        drawn = chance.random()
        spread = math.log(says.most_minutes / says.half_minutes) / _NINETEEN_IN_TWENTY
        after = timedelta(minutes=says.half_minutes * math.exp(spread * chance.gauss(0, 1)))
        by_phone = chance.random() < says.by_phone
        if drawn < says.yes + says.no:
            answer = "yes" if drawn < says.yes else "no"
            self.at(clock.now() + after, lambda: self._answer(person, token, answer, by_phone))

    def _answer(self, person: UUID, token: str, answer: str, by_phone: bool) -> None:
        try:
            if by_phone:
                with acting_as(self.cast.dispatcher) as by:
                    called = callouts.answer_for(callout=self._asked(person), answer=answer, way="phone", by=by)
            else:
                called = callouts.answer_by_link(token=token, browser=callouts.browser_token(), answer=answer)
                if answer == "yes" and self.chance("opinion", person).random() < HAVE_AN_OPINION:
                    self.links[called.pk] = token
        except Refusal as refusal:
            self.counts[f"refused {refusal.code}"] += 1
            return
        self.counts[f"said {answer}"] += 1
        if answer == "yes":
            self._will_arrive(called)

    def _asked(self, person: UUID) -> CallOut:
        mine = CallOut.objects.filter(incident=self.incident, person_id=person, state__in=("asked", "later"))
        found = mine.values_list("pk", flat=True).first()
        if found is None:
            raise NOT_FOUND.refuse()
        return CallOut(pk=found)

    def _will_arrive(self, called: CallOut) -> None:
        moment = self.arrival(called.person_id)
        if moment is None:
            return
        at = _beat(max(moment, clock.now() + ON_THE_LIST), int(ON_THE_LIST.total_seconds()))
        if at not in self._coming:
            self._coming[at] = []
            self.at(at, lambda: self.arrive(self._coming.pop(at)))
        self._coming[at].append(called.pk)

    def arrival(self, person: UUID) -> datetime | None:
        """Return when somebody who said yes comes to the present wave's posts; None for who does not."""
        wave = self.wave
        come = self.scenario.arrivals
        chance = self.chance(f"arrive {wave.number if wave else 0}", person)
        if wave is None or chance.random() >= come.show:
            return None
        if chance.random() < come.late:
            return wave.arrive_by + timedelta(minutes=chance.uniform(1, _LATEST))
        about = come.half_before_minutes / come.first_minutes
        early = come.first_minutes * chance.betavariate(_AS_ONE * about, _AS_ONE * (1 - about))
        return wave.arrive_by - timedelta(minutes=early)

    def arrive(self, callout_ids: Sequence[UUID]) -> int:
        """Let somebody tick on the list who is there by now; returns how many."""
        with acting_as(self.cast.dispatcher) as by:
            ticked = callouts.arrive_list(callout_ids=callout_ids, by=by)
        self.counts.update(f"refused {refusal.code}" for _, refusal in ticked.refused)
        self.counts["arrived"] += len(ticked.kept)
        return len(ticked.kept)


def _beat(moment: datetime, seconds: int) -> datetime:
    """Return the first beat of a period at or after a moment."""
    beats = math.ceil(moment.timestamp() / seconds)
    return datetime.fromtimestamp(beats * seconds, moment.tzinfo)
