"""The one sentence of each sheet, computed from the snapshot: what is to be read at two metres."""

from reports.six_charts.edition import Edition

TITLES = ("村情概况图", "贫困户分布图", "致贫原因图", "帮扶责任图", "脱贫措施图", "脱贫时序图")
NUMERALS = "一二三四五六"
LEFT_STATES = ("poor", "pre", "back")


def messages(edition: Edition) -> tuple[str, ...]:
    """The six sentences, in order."""
    return (_village(edition), _places(edition), _causes(edition), _who(edition), _measures(edition), _when(edition))


def _village(edition: Edition) -> str:
    s = edition.snapshot
    if not s.households:
        return "本村没有建档立卡贫困户"
    rate = f",贫困发生率 {s.rates[-1][1]:.1f}%" if s.rates else ""
    return f"建档立卡 {s.households} 户 {s.members} 人{rate}"


def _places(edition: Edition) -> str:
    s = edition.snapshot
    if not s.households:
        return "本村各社没有建档立卡贫困户"
    by_group = {group: sum(home.group == group for home in s.homes) for group in s.groups}
    most = max(by_group, key=lambda group: by_group[group]) if by_group else ""
    place = f",{most}最多,{by_group[most]} 户" if len([n for n in by_group.values() if n]) > 1 else ""
    return f"{s.households} 户分布在 {sum(1 for n in by_group.values() if n)} 个社(组){place}"


def _causes(edition: Edition) -> str:
    s = edition.snapshot
    if not s.causes:
        return "没有需要分析致贫原因的户"
    cell = edition.shown["causes"][0]
    many = f",{cell} 户" if cell.isdigit() else ""
    return f"{s.causes[0][0]}致贫最多{many}"


def _who(edition: Edition) -> str:
    s = edition.snapshot
    if not s.households:
        return f"{len(s.leaders)} 名领导联点,{len(s.units)} 个单位联村"
    return f"{len(s.leaders)} 名领导、{len(s.units)} 个单位、{len(s.team)} 名驻村干部、{s.helpers} 名帮扶责任人,帮扶 {s.households} 户"


def _measures(edition: Edition) -> str:
    s = edition.snapshot
    given = sum(row[3] for row in s.measures)
    if not given and not s.projects:
        return "还没有登记措施和项目"
    total = sum(project.amount_wan for project in s.projects)
    projects = f",实施项目 {len(s.projects)} 个、{total:,.2f} 万元" if s.projects else ""
    return f"措施到户 {sum(sum(row[1:]) for row in s.measures)} 项,已落实 {given} 项{projects}"


def _when(edition: Edition) -> str:
    s = edition.snapshot
    if not s.households:
        return "本村没有需要脱贫的户"
    done = s.count("out")
    years = sorted({home.plan_year for home in s.homes if home.plan_year and home.state in LEFT_STATES})
    rest = f",其余计划 {'、'.join(map(str, years))} 年脱贫" if years else ""
    return f"{s.households} 户中 {done} 户已脱贫{rest}"
