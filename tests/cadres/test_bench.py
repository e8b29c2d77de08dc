"""The benches of attendance run, on a small crowd, and leave nothing behind."""

from cadres.models import Cadre, Presence
from demo import bench_cadres
from tests.factories import UserFactory, grant


def test_the_benches_measure_and_take_back_what_they_made(team, monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(bench_cadres, "MANY", 12)
    monkeypatch.setattr("demo.bench.ROUNDS", 2)
    monkeypatch.setattr("demo.bench.WARM", 1)
    user = UserFactory(username="shuji")
    grant(user, "village_cadre", team.posting.village.division)
    Cadre.objects.filter(pk=team.leader.pk).update(user=user)
    found = {name: bench() for name, bench in bench_cadres.benches().items()}
    assert found["attendance_month_40"].value > 0
    assert found["check_in_weight"].value < bench_cadres.SIGN_LIMIT_KB
    assert set(found) == {"attendance_month_40", "attendance_month_4000", "check_in", "check_in_weight", "attendance_night_4000"}
    assert not Cadre.objects.filter(code__startswith="B").exists()
    assert not Presence.objects.exists()
