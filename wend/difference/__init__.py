"""What a new version does otherwise: the messages of both compared (`messages`), and the first divergence (`cause`)."""
