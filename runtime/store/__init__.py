"""Where contacts, their states and the outbox are kept between two ticks: in memory, or in a database."""
