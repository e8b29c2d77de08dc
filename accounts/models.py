"""Organizations, users, their sessions, and the log of whose record was opened, revealed, printed or exported."""

import hashlib
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import rules
from accounts.permissions import BLIND, Permission, Role
from core.fields import EncryptedTextField
from core.models import SealRow


class Organization(models.Model):
    """A body that acts in this work. What it is (nature) and where it stands (level) are two things."""

    class Nature(models.TextChoices):
        PARTY = "party", "党委机关"
        GOVERNMENT = "government", "政府机关"
        INSTITUTION = "institution", "事业单位"
        MILITARY = "military", "军队武警"
        ENTERPRISE = "enterprise", "企业"
        BANK = "bank", "金融机构"
        TOWNSHIP = "township", "乡镇(街道)"
        WORK_COMMITTEE = "work_committee", "工作委员会"
        VILLAGE_COMMITTEE = "village_committee", "村(牧)委会"
        COORDINATION = "coordination", "议事协调机构"

    class Level(models.TextChoices):
        NATIONAL = "national", "中央"
        PROVINCE = "province", "省级"
        PREFECTURE = "prefecture", "州级"
        CITY = "city", "市(县)级"
        DISTRICT = "district", "区(工委)级"
        TOWNSHIP = "township", "乡镇(街道)级"
        VILLAGE = "village", "村级"

    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=40, blank=True)
    nature = models.CharField("单位性质", max_length=20, choices=Nature)
    level = models.CharField("层级", max_length=20, choices=Level, default=Level.CITY)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位")
    predecessors = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="successors", verbose_name="整合前单位")
    area_code = models.CharField("辖区代码", max_length=12, blank=True, help_text="管辖范围的区划代码,没有辖区的单位不填")
    posts_authorized = models.PositiveIntegerField("编制数", null=True, blank=True)
    posts_filled = models.PositiveIntegerField("实有人数", null=True, blank=True)
    phone = models.CharField("办公电话", max_length=20, blank=True)
    valid_from = models.DateField("成立日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "单位"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(valid_to=None),
                name="organization_name_unique_while_valid",
                violation_error_message="已有同名单位,请核对是否重复。",
            ),
            models.CheckConstraint(
                name="organization_valid_in_order",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                violation_error_message="撤销日期不能早于成立日期。",
            ),
            models.CheckConstraint(name="organization_not_own_parent", condition=~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:organization-detail", args=[self.pk])


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username: str | None) -> Any:
        return self.select_related("organization").get(username=username)


class User(AbstractBaseUser):
    """A person who signs in. There is no superuser; what a user may do comes from grants alone."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=50)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="单位")
    post = models.CharField("职务", max_length=40, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    second_factor_at = models.DateTimeField("双因子启用时间", null=True, blank=True)
    sessions_ended_at = models.DateTimeField("登录被结束时间", null=True, blank=True)
    active_since = models.DateTimeField("启用时间", default=timezone.now)
    dormant_at = models.DateTimeField("久未登录停用时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "用户"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:user-detail", args=[self.pk])

    @property
    def active_grants(self) -> list[Any]:
        """Today's grants, read once for the life of this object (one query)."""
        if "_grants" not in self.__dict__:
            self._grants = list(self.grants.active()) if self.is_active else []  # type: ignore[attr-defined]
        return self._grants

    @property
    def roles(self) -> set[str]:
        return {grant.role for grant in self.active_grants}

    @property
    def permissions(self) -> frozenset[str]:
        """Everything the user's grants allow somewhere."""
        from accounts.permissions import ROLE_PERMISSIONS

        return frozenset().union(*(ROLE_PERMISSIONS[role] for role in self.roles)) if self.roles else frozenset()

    def may(self, permission: str) -> bool:
        """Whether any grant allows it, anywhere; where is decided by `visible_to`."""
        return permission in self.permissions

    @property
    def role_label(self) -> str:
        return "、".join(Role(role).label for role in sorted(self.roles)) or "未授权"

    # The code-list pages of the admin, behind the same door.
    @property
    def is_staff(self) -> bool:
        return self.may(Permission.SETTING_EDIT)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    @property
    def is_administrator(self) -> bool:
        return bool(self.roles & BLIND)


class OldPassword(models.Model):
    """The hash of a password that was in use before, so that it does not come back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="old_passwords", verbose_name="用户")
    password = models.CharField("密码", max_length=128)
    replaced_at = models.DateTimeField("更换时间", auto_now_add=True)

    class Meta:
        verbose_name = "用过的密码"
        ordering = ["-id"]


class OneTimeCode(models.Model):
    """A code on paper with which a person sets a password of their own, once. Of the code itself only a keyed digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="one_time_codes", verbose_name="用户")
    digest = models.CharField("摘要", max_length=32, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="开具人")
    issued_at = models.DateTimeField("开具时间", default=timezone.now)
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    replaced_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = "一次性口令"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(used_at=None, replaced_at=None), name="one_time_code_one_open_per_user"),
            models.CheckConstraint(name="one_time_code_not_by_oneself", condition=~Q(issued_by=F("user"))),
            models.CheckConstraint(name="one_time_code_expires_later", condition=Q(expires_at__gt=F("issued_at"))),
        ]  # fmt: skip


class Session(AbstractBaseSession):
    """A browser that is signed in, or on its way. Written by `accounts.sessions.SessionStore` alone."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions", verbose_name="用户")
    address = models.CharField("地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    since = models.DateTimeField("登录时间", null=True)
    seen_at = models.DateTimeField("最近使用", null=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "登录"

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def handle(self) -> str:
        """A name for a page: the key itself would let its reader in."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:24]

    @property
    def device(self) -> str:
        return rules.device(self.agent)


class AccessEvent(models.Model):
    """Who opened, searched, revealed, printed or exported whose record. Insert-only for the application."""

    class Action(models.TextChoices):
        OPENED = "opened", "查看"
        SEARCHED = "searched", "查找"
        REVEALED = "revealed", "显示完整信息"
        PRINTED = "printed", "打印"
        EXPORTED = "exported", "导出"
        REFUSED = "refused", "被拒绝"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    transaction = models.BigIntegerField("事务", default=0, editable=False)  # the database writes it (accounts.apps)
    user_id = models.BigIntegerField("用户")
    action = models.CharField("动作", max_length=10, choices=Action)
    table = models.CharField("表", max_length=63)
    row_id = models.BigIntegerField("记录", null=True)
    subject = models.CharField("编号", max_length=40, blank=True)
    village_id = models.BigIntegerField("村", null=True)
    household_id = models.BigIntegerField("户", null=True)
    detail = models.CharField("内容", max_length=200, blank=True)
    purpose = models.CharField("用途", max_length=200, blank=True)
    rows = models.PositiveIntegerField("条数", default=1)
    address = models.GenericIPAddressField("地址", null=True)

    class Meta:
        verbose_name = "查阅记录"
        indexes = [
            models.Index(fields=["household_id", "-id"], name="access_by_household"),
            models.Index(fields=["user_id", "-id"], name="access_by_user"),
            models.Index(fields=["subject", "-id"], name="access_by_subject", condition=~Q(subject="")),
            models.Index(fields=["transaction", "id"], name="access_by_transaction"),
        ]


class AccessSeal(SealRow):
    """The hash chain over the access log."""

    class Meta:
        verbose_name = "查阅记录封存"
