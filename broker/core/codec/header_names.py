"""What a signed header names that entries of the log are looked for by.

Whether the header is well formed, and signed, is left to `header` and the envelope.
"""

from google.protobuf.message import DecodeError

from rogatory.v1 import envelope_pb2 as pb


def header_names(signed_header: bytes) -> tuple[str, str]:
    """Returns kind and case reference; both empty where the header cannot be read.

    Nothing is checked: for finding what was checked when it was logged.
    """
    try:
        signed = pb.SignedHeader.FromString(signed_header)
        header = pb.Header.FromString(signed.header)
    except DecodeError:
        return "", ""
    return header.kind, header.case_reference
