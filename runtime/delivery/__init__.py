"""From a decision to send to what a channel has: rendering, messages and calls, the outbox, and delivery."""
