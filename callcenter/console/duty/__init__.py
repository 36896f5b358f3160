"""Being on duty: present or away and rung (``line``), what comes after a call (``after``), hard calls (``care``)."""
