"""After-effects: what a gate leaves behind, who comes over it, and how much of that would have happened anyway."""
