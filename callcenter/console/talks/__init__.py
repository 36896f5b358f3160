"""The talk in hand: the call bar (``bar``), its buttons (``controls``), supervisors who follow (``following``)."""
