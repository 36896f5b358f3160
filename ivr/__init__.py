"""The telephone: what Twilio asks and is told."""
