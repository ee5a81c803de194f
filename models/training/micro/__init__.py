"""The micro model's training recipe: data, tuning, distilling, export."""
