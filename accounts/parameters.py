"""This room's settings (`domain.md` §9.1, numbers [assumed] there)."""

from django.conf import settings as environment

from accounts.permissions import Role
from core.settings import declare

BASIS = "GB/T 22239 身份鉴别"

declare(
    "second_factor_roles", "须用双因子登录的角色", "many",
    lambda: environment.SECOND_FACTOR_ROLES,
    basis=BASIS, assumed=True, choices=Role.choices,
)  # fmt: skip
declare("step_up_minutes", "二次验证的有效时间", "whole", 10, unit="分钟", basis=BASIS, assumed=True, low=1, high=60)
declare("dormant_days", "久未登录停用", "whole", 90, unit="天", basis="GB/T 22239 访问控制:清理多余、过期账户", assumed=True, low=7, high=730)
declare(
    "password_max_age_days", "口令有效期", "whole", lambda: environment.PASSWORD_MAX_AGE_DAYS, unit="天", basis=BASIS, assumed=True, low=1, high=730
)
declare("password_history", "不得重复的最近口令", "whole", 5, unit="个", basis=BASIS, assumed=True, low=0, high=24)
declare("dormant_warn_days", "久未登录停用前提醒", "whole", 14, unit="天", basis=BASIS, assumed=True, low=1, high=90)
declare("reset_code_hours", "一次性口令有效期(重置密码)", "whole", 24, unit="小时", basis=BASIS, assumed=True, low=1, high=168)
declare("first_code_days", "一次性口令有效期(新建账号)", "whole", 14, unit="天", basis=BASIS, assumed=True, low=1, high=60)
