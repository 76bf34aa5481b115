"""Whether, when and how a person hears of a finding, and what they said of it."""
