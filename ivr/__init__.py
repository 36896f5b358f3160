"""The telephone: Twilio's webhooks and their scripts."""
