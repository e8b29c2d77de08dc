import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_codes_history_dormancy"),
        ("cadres", "0004_promises_training_care"),
        ("villages", "0004_account_sheets"),
        ("workflow", "0006_notices_wait_in_the_inbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="allowance",
            name="unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization", verbose_name="派出单位"
            ),
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("first_secretary", "第一书记"), ("team_leader", "队长"), ("member", "队员")], max_length=16, verbose_name="拟任职务"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("sex", models.CharField(choices=[("1", "男"), ("2", "女")], max_length=1, verbose_name="性别")),
                ("post", models.CharField(blank=True, max_length=40, verbose_name="现任职务")),
                ("is_party_member", models.BooleanField(default=False, verbose_name="中共党员")),
                ("party_joined_on", models.DateField(blank=True, null=True, verbose_name="入党日期")),
                ("working_since_on", models.DateField(verbose_name="参加工作日期")),
                (
                    "health",
                    models.CharField(
                        choices=[("good", "健康"), ("fair", "基本健康"), ("unfit", "不宜驻村")],
                        default="good",
                        max_length=10,
                        verbose_name="健康状况",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="推荐理由")),
                ("recommended_on", models.DateField(verbose_name="推荐日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "审核中"),
                            ("returned", "退回补正"),
                            ("chosen", "研究同意"),
                            ("sent", "已下派待报到"),
                            ("posted", "已报到"),
                            ("ended", "未选派"),
                        ],
                        default="running",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("document", models.CharField(blank=True, max_length=60, verbose_name="下派文件")),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="下派日期")),
                ("report_by_on", models.DateField(blank=True, null=True, verbose_name="报到期限")),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="演示数据")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.case", verbose_name="办件"
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nomination",
                        to="cadres.posting",
                        verbose_name="派驻",
                    ),
                ),
                (
                    "recommended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="推荐人"
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cadres.cadre", verbose_name="接替"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization", verbose_name="推荐单位"
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="villages.village",
                        verbose_name="拟派村",
                    ),
                ),
            ],
            options={
                "verbose_name": "选派推荐",
                "ordering": ["-recommended_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["sent", "posted"]), _negated=True),
                            models.Q(models.Q(("document", ""), _negated=True), ("sent_on__isnull", False), ("village__isnull", False)),
                            _connector="OR",
                        ),
                        name="nomination_sent_with_document_and_village",
                        violation_error_message="下派要有文件、日期和村。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posting__isnull", False), ("state", "posted")),
                            models.Q(models.Q(("state", "posted"), _negated=True), ("posting", None)),
                            _connector="OR",
                        ),
                        name="nomination_posted_iff_posting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingEnrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cadre",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cadres.cadre", verbose_name="派驻干部"),
                ),
                (
                    "enrolled_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="登记人"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="cadres.trainingsession", verbose_name="培训"
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="villages.village", verbose_name="村"),
                ),
            ],
            options={
                "verbose_name": "培训名单",
                "ordering": ["session_id", "cadre_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "cadre"), name="training_enrolment_once", violation_error_message="已在名单上。")
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=100, verbose_name="需要的内容")),
                (
                    "mode",
                    models.CharField(
                        choices=[("induction", "岗前培训"), ("rotation", "专题轮训"), ("visit", "观摩集训"), ("practice", "实践验训")],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("noted_on", models.DateField(verbose_name="提出日期")),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="演示数据")),
                (
                    "cadre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="training_needs", to="cadres.cadre", verbose_name="派驻干部"
                    ),
                ),
                (
                    "met_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cadres.trainingsession",
                        verbose_name="已由培训满足",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="villages.village", verbose_name="村"),
                ),
            ],
            options={
                "verbose_name": "培训需求",
                "ordering": ["-noted_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("cadre", "topic"), name="training_need_once", violation_error_message="这一项需求已登记。")
                ],
            },
        ),
        # An allowance is paid by the unit the cadre came from.
        migrations.RunSQL(
            [
                "update cadres_allowance a set unit_id = c.home_unit_id from cadres_cadre c where c.id = a.cadre_id and a.unit_id is null",
                "set constraints all immediate",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="allowance",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization", verbose_name="派出单位"
            ),
        ),
    ]
