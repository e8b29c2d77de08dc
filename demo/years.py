"""The demo's years: two closed, one open with a few changes, a village on its way out, people who look registered twice.

As many come as go, so that the register keeps its 278 households and 809 people.
"""

from datetime import date, timedelta

from accounts.models import User
from core import clock
from core.checks.identity import make_id_number
from demo.life import paper
from households import services
from households.models import DynamicWindow, Household, Member
from households.rules.village_exits import VillageItem
from households.services.register import refresh_grams
from villages.models import Village
from workflow import services as flow

NOTICED = 10  # a village's last households, which the demo's notices name and close to editing


def load_years(villages: list[Village]) -> None:
    """Everything of this module."""
    city = User.objects.get(username="fupin")
    for year in (2015, 2016):
        _closed(year, city)
    with clock.on(date(2017, 9, 15)):
        services.save_window(window=DynamicWindow(), by=city, year=2017, starts_on=date(2017, 1, 1), opens_on=date(2017, 9, 15),
                             closes_on=date(2017, 12, 15), level="village", document="2017年扶贫对象动态管理工作通知(演示)")  # fmt: skip
    _changes(villages[0])
    _leaving(villages[0])
    _twice(villages[0])


def _closed(year: int, city: User) -> None:
    window = services.save_window(window=DynamicWindow(), by=city, year=year, starts_on=date(year, 1, 1), opens_on=date(year, 10, 1),
                                  closes_on=date(year, 12, 31), level="township", document=f"{year}年扶贫对象动态管理工作通知(演示)")  # fmt: skip
    with clock.on(date(year + 1, 1, 10)):
        services.roll_over(window=window, by=city)


def _happening(on: date, reason: str) -> services.Happening:
    return services.Happening(on=on, reason=reason, evidence=paper(reason))


def _homes(village: Village) -> list[Household]:
    """Households of the village that are in no case and no notice, the larger ones first."""
    rows = Household.objects.active().filter(village=village).exclude(proceedings__outcome="running").for_list()
    return sorted(rows, key=lambda home: (-home.population, home.pk))


def _changes(village: Village) -> None:
    """A birth, a marriage in, the death of a head, a marriage out, another head; recorded by the village."""
    by = User.objects.get(username="cunwei")
    bury, bear, marry, part, follow = (_full(home) for home in _homes(village)[:5])
    with clock.on(date(2017, 9, 20)):
        head, *others = _present(bury)
        heir = next((member for member in others if member.relation == "02"), others[0])
        services.remove_person(
            household=bury, kind="death", member=head, new_head=heir, happening=_happening(date(2017, 6, 18), "因病去世,已销户"), by=by
        )
        services.add_person(household=bear, kind="birth", happening=_happening(date(2017, 5, 2), "出生医学证明"), by=by,
                            person={"name": f"{_present(bear)[0].name[0]}安安", "sex": "2", "relation": "04", "education": "6", "medical_insured": True,
                                    "ethnicity": _present(bear)[0].ethnicity})  # fmt: skip
    with clock.on(date(2017, 9, 25)):
        born = date(1993, 4, 12)
        services.add_person(household=marry, kind="married_in", happening=_happening(date(2017, 3, 8), "结婚登记,户口迁入"), by=by,
                            person={"name": "祁秀兰", "sex": "2", "birth_on": born, "id_number": make_id_number("999999", born, 884), "relation": "05",
                                    "ethnicity": "01", "marital": "2", "education": "3", "labour": "1", "medical_insured": True})  # fmt: skip
        goes = next((member for member in reversed(_present(part)) if member.relation in {"03", "04"}), _present(part)[-1])
        kind = "married_out" if goes.birth_on < date(1997, 1, 1) else "moved_out"
        services.remove_person(household=part, kind=kind, member=goes, happening=_happening(date(2017, 7, 30), "户口已迁出本市"), by=by)
        services.change_head(
            household=follow, new_head=_present(follow)[1], happening=_happening(date(2017, 8, 15), "户主长期在外务工,家庭商定"), by=by
        )


def _full(home: Household) -> Household:
    return Household.objects.get(pk=home.pk)


def _present(home: Household) -> list[Member]:
    """Its members, the head first."""
    return sorted(home.members.filter(left_on=None), key=lambda member: (member.relation, member.number))


def _leaving(village: Village) -> None:
    """The demo's own village applies: its sheet is half filled, its rate still too high, and both are said on its case."""
    committee = User.objects.get(username="cunwei")
    with clock.on(date(2017, 9, 18)):
        row = services.open_village_exit(village=village, year=2017, reason="基础设施和公共服务已改善,申请核查", by=committee)
        said = services.village_standing(village, 2017).suggestions
        answers = {item: (said[item].met, f"实地核实:{said[item].words}", paper(item) if number < 3 else None)
                   for number, item in enumerate(list(VillageItem)[:7])}  # fmt: skip
        services.save_village_checks(village_exit=row, answers=answers, by=committee)
        flow.add_evidence(case=row.case, label="退出申请书", file=paper("apply"), by=committee)


def _twice(village: Village) -> None:
    """Two pairs: the same girl with and without a number, and two names that sound alike, born a day apart."""
    homes = sorted(home.pk for home in _homes(village))[:-NOTICED]
    girls = list(Member.objects.active().filter(household__in=homes, relation="04").order_by("household_id", "number"))
    pairs: list[tuple[Member, Member]] = []
    for girl in girls:
        other = next(
            (each for each in reversed(girls) if each.household_id != girl.household_id and abs(each.birth_on.year - girl.birth_on.year) < 4), None
        )
        if other and not {girl.pk, other.pk} & {member.pk for pair in pairs for member in pair}:
            pairs.append((girl, other))
    for number, (first, second) in enumerate(pairs[:2]):
        first.name, second.name = ("马晓燕", "马晓艳") if number else (first.name, first.name)
        second.birth_on = first.birth_on + timedelta(days=number)
        second.id_number, second.document_kind, second.birth_estimated = "", "3", not number
        for member in (first, second):
            member.save()
        refresh_grams([first.household_id, second.household_id])
    services.find_duplicates()
