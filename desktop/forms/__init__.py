"""Forms made from the declared fields of a register, and their editors. What a record means is not decided here."""
