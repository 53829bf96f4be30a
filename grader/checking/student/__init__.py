"""The student of a check: functions, values, objects and figures, asked for in the sandbox."""
