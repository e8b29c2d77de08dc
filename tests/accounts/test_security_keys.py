"""Security keys: registered, asked at step two and when confirming, copied, foreign, replayed, the last one removed."""

import hashlib
import html
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts import services
from core import settings as parameters
from tests.accounts.test_second_factor import OWN, STEP, person, sign_in  # noqa: F401

ORIGIN = "https://testserver"
KEY_PAGE = f"{OWN}key/"


class SoftKey:
    """A security key in a few lines: one credential, a counter."""

    def __init__(self, name: bytes = b"soft-key") -> None:
        self.private, self.id, self.counter = ec.generate_private_key(ec.SECP256R1()), name, 0

    def _client(self, kind: str, options: dict, origin: str) -> bytes:
        return CollectedClientData.create(type=kind, challenge=websafe_decode(options["challenge"]), origin=origin)

    def _said(self, client: bytes, **response: str) -> str:
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": {"clientDataJSON": websafe_encode(client), **response}})

    def register(self, options: dict, origin: str = ORIGIN) -> str:
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.private.public_key()))
        about = AuthenticatorData.create(hashlib.sha256(options["rp"]["id"].encode()).digest(), 0x41, self.counter, bytes(credential))
        client = self._client("webauthn.create", options, origin)
        return self._said(client, attestationObject=websafe_encode(bytes(AttestationObject.create("none", about, {}))))

    def prove(self, options: dict, origin: str = ORIGIN) -> str:
        self.counter += 1
        about = AuthenticatorData.create(hashlib.sha256(options["rpId"].encode()).digest(), 0x01, self.counter)
        client = self._client("webauthn.get", options, origin)
        signature = self.private.sign(bytes(about) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(client, authenticatorData=websafe_encode(bytes(about)), signature=websafe_encode(signature))


def options_of(page) -> dict:
    return json.loads(html.unescape(re.search(r'data-key-options="([^"]+)"', page.content.decode())[1]))["publicKey"]


def register(client, key: SoftKey, name: str = "蓝色密钥"):
    return client.post(KEY_PAGE, {"name": name, "key_answer": key.register(options_of(client.get(KEY_PAGE)))})


@pytest.fixture
def key(client, person) -> SoftKey:  # noqa: F811
    """A registered key; nobody is signed in."""
    made = SoftKey()
    sign_in(client)
    assert "data-codes" in register(client, made).content.decode(), "the printed codes come with the first factor"
    client.post(reverse("accounts:sign-out"))
    return made


def test_a_key_opens_step_two_once_for_each_question(client, key, person):  # noqa: F811
    sign_in(client)
    assert client.get("/villages/").status_code == 302
    answer = key.prove(options_of(client.get(STEP)))
    assert client.post(STEP, {"key_answer": answer}).headers["Location"] == "/villages/"
    assert client.get("/villages/").status_code == 200
    client.post(reverse("accounts:sign-out"))
    sign_in(client)
    client.get(STEP)
    assert "没有登记在您的名下" in client.post(STEP, {"key_answer": answer}).content.decode(), "an old answer is a replay"
    assert client.get("/villages/").status_code == 302


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", '{"id": 7}', "x" * 9000, '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'])
def test_what_is_no_answer_of_a_key_is_refused_in_words(client, key, answer):
    sign_in(client)
    client.get(STEP)
    page = client.post(STEP, {"key_answer": answer})
    assert page.status_code == 200
    assert "没有登记在您的名下" in page.content.decode()


def test_another_key_another_site_and_a_copied_key_are_refused(client, key):
    sign_in(client)
    stranger = SoftKey()
    assert "没有登记" in client.post(STEP, {"key_answer": stranger.prove(options_of(client.get(STEP)))}).content.decode()
    assert "没有登记" in client.post(STEP, {"key_answer": key.prove(options_of(client.get(STEP)), "https://evil.example")}).content.decode()
    Authenticator.objects.filter(type="webauthn").update(data=Authenticator.objects.get(type="webauthn").data | {"counter": 90})
    assert "可能被复制" in client.post(STEP, {"key_answer": key.prove(options_of(client.get(STEP)))}).content.decode()
    for _ in range(2):
        client.post(STEP, {"code": "000000"})
    key.counter = 100
    assert "15 分钟" in client.post(STEP, {"key_answer": key.prove(options_of(client.get(STEP)))}).content.decode(), (
        "wrong answers of any kind count together"
    )


def test_a_printed_code_works_where_there_is_only_a_key(client, key, person):  # noqa: F811
    codes = services.new_printed_codes(user=person)
    sign_in(client)
    assert client.post(STEP, {"code": codes[0]}).status_code == 302
    assert client.get("/villages/").status_code == 200


def test_the_key_confirms_again_before_a_guarded_step(client, key):
    sign_in(client)
    client.post(STEP, {"key_answer": key.prove(options_of(client.get(STEP)))})
    session = client.session
    session["confirmed"] = 0
    session.save()
    page = client.get(KEY_PAGE)
    assert "再次确认身份" in page.content.decode()
    answer = {"confirm_method": "GET", "key_answer": key.prove(options_of(page))}
    assert client.post(KEY_PAGE, answer).status_code == 302
    assert "登记安全密钥" in client.get(KEY_PAGE).content.decode()


def test_a_key_is_registered_once_named_and_counted(client, key, person):  # noqa: F811
    sign_in(client)
    client.post(STEP, {"key_answer": key.prove(options_of(client.get(STEP)))})
    second = SoftKey(b"second")
    assert register(client, second, "备用密钥").status_code == 302
    assert "备用密钥" in client.get(reverse("accounts:own")).content.decode()
    assert "没有读到" in client.post(KEY_PAGE, {"name": "第三把", "key_answer": "{}"}).content.decode()
    assert "请填写" in client.post(KEY_PAGE, {"name": "", "key_answer": "{}"}).content.decode()
    for number in range(3):
        register(client, SoftKey(bytes([number]) * 8))
    assert "最多登记 5 把" in register(client, SoftKey(b"sixth")).content.decode()


def test_the_last_factor_goes_only_where_no_role_asks_for_one(client, key, person):  # noqa: F811
    sign_in(client)
    client.post(STEP, {"key_answer": key.prove(options_of(client.get(STEP)))})
    page = reverse("accounts:security-key-remove", args=[services.keys_of(person)[0].pk])
    assert client.get(reverse("accounts:security-key-remove", args=[10**9])).status_code == 404
    parameters.put(key="second_factor_roles", value=["bureau_approver"], by=None, reason="测试")
    assert "先登记另一把密钥或一部手机" in client.post(page).content.decode()
    parameters.put(key="second_factor_roles", value=[], by=None, reason="测试")
    assert client.post(page).status_code == 302
    person.refresh_from_db()
    assert (person.second_factor_at, Authenticator.objects.filter(user=person).count()) == (None, 0)
