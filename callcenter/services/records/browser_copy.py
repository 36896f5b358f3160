"""The key of the copy that a browser keeps of unsaved writing, so that an outage loses nothing.

The copy is sealed in the browser and lies there only until the next save. Its key comes with the page of the record,
is never stored there, belongs to one writer of one record, and goes for good when the record's own key is destroyed:
whoever else sits down at the machine finds nothing they could read.
"""

from __future__ import annotations

import base64

from sqlalchemy.orm import Session

from callcenter.crypto import derive_key
from callcenter.models.keys import ring_of
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff


def key_of(session: Session, record: Consultation, staff: Staff) -> str:
    """Return the key (256 bits, base64) of *staff* for this record, empty once its texts were destroyed."""
    if record.data_key.wrapped is None:
        return ""
    key = derive_key(record.data_key.unwrap(ring_of(session)), f"browser copy/{staff.id}")
    return base64.b64encode(key).decode()
