"""What is handed to another system tells of files, and opens none of them."""

import base64

import pytest

from broker.core.codec.attaching import attaching_kinds, with_files
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.handed import handed_document
from broker.core.onward import ONWARD_KIND
from broker.infra.document_files import load_file
from tests.federation import EXAMPLES
from tests.unit.broker.core.codec.test_attaching import FILE

_WITH_EXAMPLES = sorted(
    kind
    for kind in attaching_kinds()
    # What passes another content on is opened before anybody is handed anything.
    if kind != ONWARD_KIND and (EXAMPLES / f"{kind.partition('/')[0]}.yaml").exists()
)


@pytest.mark.parametrize("kind", _WITH_EXAMPLES)
def test_no_system_is_handed_the_key_of_a_file(kind: str) -> None:
    draft = parse_draft(load_file(EXAMPLES / f"{kind.partition('/')[0]}.yaml"))
    body = with_files(kind, encode_document(kind, draft.content), (FILE,))
    whole, handed = decode_document(kind, body), handed_document(kind, body)
    for secret in (FILE.key, FILE.blob):
        text = base64.b64encode(secret).decode()
        assert text in str(whole)
        assert text not in str(handed)
    assert "frame.jpg" in str(handed)
    assert set(handed) == set(whole)


def test_a_content_without_files_is_handed_as_it_is() -> None:
    draft = parse_draft(load_file(EXAMPLES / "trace-closing.yaml"))
    body = encode_document(draft.kind, draft.content)
    assert handed_document(draft.kind, body) == decode_document(draft.kind, body)
