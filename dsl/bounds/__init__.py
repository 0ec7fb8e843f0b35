"""How many messages one contact can get at most in a day, a week, a month or a year: told from the script alone.

The numbers are upper bounds: no contact ever gets more, whatever its data are and however often they change. `stretch`
is the stretch of time that is asked about, `firing` how often a trigger can fire in it, `body` what one path can send,
`most` puts journeys, limits and settings together.
"""
