"""Petitions, corrections and a quality sample of the demo: invented, no misidentification that proved true."""

from datetime import date

from accounts.models import User
from core import clock
from core.clock import today
from demo.life import paper
from households import services
from households.models import Household
from households.rules.sampling import CHECKLISTS, Frame
from villages.models import Village

Row = tuple[date, str, str, str, tuple[str, str, date] | None]
ROWS: tuple[Row, ...] = (
    (date(2017, 3, 6), "hotline", "policy", "询问大病救助需要哪些材料、到哪里办理。", ("none", "已电话说明材料和办理地点。", date(2017, 3, 8))),
    (date(2017, 5, 15), "visit", "misidentified", "认为邻居家有羊五十只,不应纳入建档立卡。",
     ("false", "入户核实羊十二只,人均纯收入低于标准,评议公示程序齐全,已当面答复。", date(2017, 6, 2))),
    (date(2017, 8, 28), "letter", "funds", "草原奖补资金到账比往年晚。", None),
    (date(2017, 9, 18), "network", "help", "帮扶责任人两个月没有入户。", None),
)  # fmt: skip


def load_complaints(villages: list[Village]) -> None:
    """A few petitions, answered and waiting, and one about a cadre which that cadre does not see."""
    clerk, bureau = User.objects.get(username="zhuangan"), User.objects.get(username="fupin")
    for (received, channel, cause, content, answer), village in zip(ROWS, villages, strict=False):
        with clock.on(received):
            made = services.receive_complaint(channel=channel, received_on=received, cause=cause, content=content, area="", village=village, by=clerk,
                                              person="匿名群众" if channel == "network" else "村民甲", is_demo=True)  # fmt: skip
        if answer:
            finding, words, day = answer
            with clock.on(day):
                services.answer_complaint(complaint=made, finding=finding, answer=words, answered_on=day, by=bureau)
    about = User.objects.get(username="shuji")
    with clock.on(date(2017, 9, 21)):
        services.receive_complaint(channel="hotline", received_on=date(2017, 9, 21), cause="conduct", content="反映驻村时间不足。", area="", village=villages[0],
                                   about=about, by=clerk, is_demo=True)  # fmt: skip


def load_corrections(village: Village) -> None:
    """Two requests of the village: one decided half and half, one that waits for the township."""
    team, checker = User.objects.get(username="shuji"), User.objects.get(username="shenhe")
    homes = list(Household.objects.active().filter(village=village).order_by("-id")[:2])
    for number, (home, day) in enumerate(zip(homes, (date(2017, 9, 5), date(2017, 9, 25)), strict=False)):
        head = home.members.get(relation="01", left_on=None)
        data = services.HouseholdInput(household={"address": "示范一村二社9号", "cause_note": "房屋在河道边,已搬到二社"},
                                       members=[{"id": head.pk, "work_place": "西宁市建筑工地"}])  # fmt: skip
        with clock.on(day):
            made = services.request_correction(
                household=home, data=data, year=today().year, reason="搬家,务工地点登记有误", document=paper(f"correction {number}"), by=team
            )
        if number == 0:
            with clock.on(date(2017, 9, 8)):
                answers = {item.pk: (item.field != "work_place", "没有务工证明") for item in made.items.all()}
                services.decide_correction(correction=made, answers=answers, by=checker)


def load_sample(village: Village) -> None:
    """The households that left poverty in one village, drawn by a public seed; most of them called, all rightly judged."""
    checker = User.objects.get(username="shenhe")
    with clock.on(date(2017, 9, 12)):
        sample = services.draw_sample(frame=Frame.EXITED, confidence=95, margin=10, seed="2017-09-12", village=village, by=checker)
    calls = list(sample.calls.order_by("rank"))
    with clock.on(date(2017, 9, 15)):
        for number, call in enumerate(calls[: max(1, len(calls) * 2 // 3)]):
            away = number == 1
            services.record_call(call=call, reached="unreachable" if away else "answered", called_on=today(), is_wrong=None if away else False,
                                 answers={} if away else {code: "yes" for code, _ in CHECKLISTS[Frame.EXITED]}, note="", by=checker)  # fmt: skip
