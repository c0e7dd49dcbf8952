//! What a team knows in other shapes, pure: every text of theirs goes through the one escaping function of its format.
