// What is switched on in the terminal while the screen is ours, and how all of it is undone.

/** Other screen, no wrapping, pastes marked, focus told, title kept. */
export const enterScreen = '\x1b[?1049h\x1b[22;0t\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[m\x1b[2J';

/** Harmless also where nothing was switched on. */
export const leaveScreen =
  '\x1b[r\x1b[?2026l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[m\x1b[?25h\x1b[23;0t\x1b[?1049l';
