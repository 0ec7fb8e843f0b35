"""The engine round the step: what comes in, what is live, and the way of messages from the outbox to the channels."""
