"""The demo's users: one a role, shown on the sign-in page in demo mode only."""

from typing import NamedTuple

from accounts.permissions import Role

PASSWORD = "Golmud-2017"


class DemoUser(NamedTuple):
    """`area` is a division code; `organization` a name of demo.golmud."""

    username: str
    name: str
    role: str
    area: str
    organization: str

    @property
    def password(self) -> str:
        return PASSWORD

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)


CITY, TOWN, VILLAGE = "632801000000", "632801100000", "632801100901"
AREA_LABELS = {CITY: "格尔木市", TOWN: "郭勒木德镇", VILLAGE: "示范一村", "632801001000": "东城区各街道"}
DEMO_USERS = (
    DemoUser("zhuangan", "李专干", Role.TOWNSHIP_CLERK, TOWN, "郭勒木德镇"),
    DemoUser("shenhe", "赵审核", Role.TOWNSHIP_CHECKER, TOWN, "郭勒木德镇"),
    DemoUser("shuji", "王书记", Role.VILLAGE_CADRE, VILLAGE, "市水利局"),
    DemoUser("cunwei", "马主任", Role.VILLAGE_COMMITTEE, VILLAGE, "示范一村村委会"),
    DemoUser("zuzhibu", "陈组织", Role.ORG_DEPARTMENT, CITY, "市委组织部"),
    DemoUser("fupin", "周业务", Role.BUREAU_CLERK, CITY, "农牧和扶贫开发局"),
    DemoUser("shenpi", "吴审批", Role.BUREAU_APPROVER, CITY, "农牧和扶贫开发局"),
    DemoUser("lingdao", "孙市长", Role.CITY_LEADER, CITY, "市委"),
    DemoUser("caizheng", "钱财政", Role.FINANCE, CITY, "市财政局"),
    DemoUser("fagai", "曹发改", Role.FINANCE, CITY, "市发展和改革委员会"),
    DemoUser("hangye", "冯水利", Role.SECTOR_DEPARTMENT, CITY, "市水利局"),
    DemoUser("jiwei", "郑纪检", Role.DISCIPLINE, CITY, "市纪委监委"),
    DemoUser("gongwei", "韩工委", Role.WORK_COMMITTEE, "632801001000", "东城区工委"),
    DemoUser("bangfu", "林帮扶", Role.HELPER, CITY, "市财政局"),
    DemoUser("yinhang", "杨信贷", Role.BANK, CITY, "农村商业银行"),
    DemoUser("lianluo", "许联络", Role.UNIT_LIAISON, CITY, "市交通运输局"),
    DemoUser("xitong", "系统员", Role.SYSTEM_ADMIN, CITY, "市委"),
    DemoUser("anquan", "安全员", Role.SECURITY_ADMIN, CITY, "市委"),
    DemoUser("shenji", "审计员", Role.AUDIT_ADMIN, CITY, "市委"),
)
