"""OASIS's TAXII server medallion, in a process of its own, with two empty collections.

Run as `python -m tests.medallion_server FILE`; it prints its port.
"""

import json
import sys
from pathlib import Path

from medallion import application_instance, register_blueprints, set_config
from werkzeug.serving import make_server

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
OTHER = "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4"
USER, PASSWORD = "focal-point", "only for tests"
ROOT = "trustgroup1"
_MEDIA_TYPE = "application/taxii+json;version=2.1"


def data() -> dict[str, object]:
    """Returns what medallion's memory begins with."""
    return {
        "/discovery": {"title": "medallion", "api_roots": [ROOT]},
        ROOT: {
            "information": {
                "title": "root",
                "versions": [_MEDIA_TYPE],
                "max_content_length": 9_765_625,
            },
            "status": [],
            "collections": [
                {
                    "id": id_,
                    "title": "Empty",
                    "can_read": True,
                    "can_write": True,
                    "media_types": ["application/stix+json;version=2.1"],
                    "objects": [],
                    "manifest": [],
                }
                for id_ in (COLLECTION, OTHER)
            ],
        },
    }


def main(file: Path) -> None:
    """Serves until it is ended."""
    file.write_text(json.dumps(data()))
    backend = {
        "module": "medallion.backends.memory_backend",
        "module_class": "MemoryBackend",
        "filename": str(file),
    }
    configuration = {
        "users": {USER: PASSWORD},
        "taxii": {"max_page_size": 100},
        "backend": backend,
    }
    for part in configuration:
        set_config(application_instance, part, configuration)
    register_blueprints(application_instance)
    server = make_server("127.0.0.1", 0, application_instance)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
