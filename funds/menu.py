from django.urls import reverse

from accounts.permissions import Permission
from core import menu
from households.views.records import add_tab as add_household_tab
from villages.views.records import add_tab

menu.add("基础保障", "资金指标", "funds:indicator-list", Permission.FUND_VIEW, order=60)
menu.add("基础保障", "资金台账", "funds:statement", Permission.FUND_VIEW, order=61)
menu.add("责任监督", "资金平衡核对", "funds:proof", Permission.FUND_VIEW, order=70)
menu.add("责任监督", "督查问题", "funds:finding-list", Permission.FINDING_VIEW, order=71)
menu.add("责任监督", "督查五人小组", "funds:supervisor-list", Permission.FINDING_VIEW, order=72)
menu.add("责任监督", "线索", "funds:clue-list", Permission.CLUE_VIEW, order=73)
menu.add("责任监督", "问责情况", "funds:accountability", Permission.CLUE_VIEW, order=74)
menu.add("联动帮扶", "项目", "funds:project-list", Permission.PROJECT_VIEW, order=50)
menu.add("联动帮扶", "资金支付", "funds:batch-list", Permission.PAYMENT_VIEW, order=55)
menu.add("联动帮扶", "贷款", "funds:loan-list", Permission.LOAN_VIEW, order=60)
menu.add("联动帮扶", "信用评级", "funds:rating-list", Permission.LOAN_VIEW, order=61)
menu.add("联动帮扶", "金融服务档案", "funds:file-list", Permission.LOAN_VIEW, order=62)
menu.add("联动帮扶", "贷款贴息", "funds:subsidy-list", Permission.LOAN_VIEW, order=63)
add_tab("项目", Permission.PROJECT_VIEW, lambda village: reverse("funds:village", args=[village.pk]), order=40)
add_tab("资金", Permission.FUND_VIEW, lambda village: reverse("funds:village-statement", args=[village.pk]), order=42)
add_household_tab("资金", "funds:household", Permission.PAYMENT_VIEW)
