"""SVG charts, drawn with nothing but text: bars side by side, and curves over windows.

SPDX-License-Identifier: MIT"""
import math
from html import escape

INK, MUTED, GRID, PAPER = "#1f2937", "#6b7280", "#e5e7eb", "#ffffff"
PALETTE = ("#0f766e", "#d97706", "#6366f1", "#9ca3af", "#be185d", "#0284c7", "#65a30d")
FONT = "font-family=\"-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\""
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 760, 150, 84, 92, 30
BAR, GAP, GROUP_GAP = 15, 3, 14


def text(x, y, words, size=12, fill=INK, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def number(value):
    """As short as it can be read: 17, 105.2, 12,934, 1.3 M."""
    if value >= 1e6:
        return f"{value / 1e6:.1f} M"
    return f"{value:,.0f}" if value >= 200 or value == int(value) else f"{value:.1f}"


def frame(height, title, subtitle, body):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" {FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="{PAPER}" stroke="{GRID}"/>',
        text(24, 32, title, 17, weight="600"), text(24, 51, subtitle, 12, MUTED), *body, "</svg>", ""])


def legend(names):
    x, parts = 24, []
    for i, name in enumerate(names):
        parts.append(f'<rect x="{x}" y="64" width="11" height="11" rx="2" fill="{PALETTE[i % len(PALETTE)]}"/>')
        parts.append(text(x + 16, 74, name, 12))
        x += 32 + 7 * len(name)
    return parts


def nice_top(value):
    """The next of 1, 2, 5, 10, ... at or above a value."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def scale(values, log):
    """A function from a value to its place between 0 and 1, and where lines of the grid stand."""
    high = max(values)
    if log:
        low, top = 1, 10 ** math.ceil(math.log10(max(high, 10)))
        return (lambda v: math.log10(max(v, low)) / math.log10(top)), [10 ** i for i in range(int(math.log10(top)) + 1)]
    top = nice_top(high / 5) * 5 if high else 1
    steps = [top * i / 5 for i in range(6)]
    return (lambda v: v / top), [step for step in steps if step <= high * 1.15]


def bars(title, subtitle, names, groups, log=False):
    """groups: (label, values), one value for each name or None."""
    place, grid = scale([v for _, values in groups for v in values if v is not None], log)
    room = WIDTH - LEFT - RIGHT
    grid_top = max(place(step) for step in grid)
    stretch = room / max(grid_top, max(place(v) for _, values in groups for v in values if v is not None))
    body, y = legend(names), TOP
    for label, values in groups:
        shown = [(i, v) for i, v in enumerate(values) if v is not None]
        height = len(shown) * (BAR + GAP) - GAP
        body.append(text(LEFT - 10, y + height / 2 + 4, label, 12, anchor="end"))
        for i, value in shown:
            width = max(place(value) * stretch, 1)
            body.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" '
                        f'fill="{PALETTE[i % len(PALETTE)]}"/>')
            body.append(text(LEFT + width + 5, y + BAR - 3.5, number(value), 11, INK if i == 0 else MUTED,
                             weight="600" if i == 0 else "normal"))
            y += BAR + GAP
        y += GROUP_GAP - GAP
    bottom = y - GROUP_GAP + 6
    lines = []
    for step in grid:
        x = LEFT + place(step) * stretch
        lines.append(f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"/>')
        lines.append(text(x, bottom + 15, number(step), 10, MUTED, "middle"))
    return frame(round(bottom + BOTTOM), title, subtitle, lines + body)


def curves(title, subtitle, names, xs, series):
    """Shares in percent over windows, these on a logarithmic scale."""
    height, left, bottom = 340, 56, 296
    low, high = math.log10(xs[0]), math.log10(xs[-1])

    def at(x, y):
        return left + (math.log10(x) - low) / (high - low) * (WIDTH - left - 40), bottom - y / 100 * (bottom - TOP)

    body = []
    for share in range(0, 101, 25):
        _, y = at(xs[0], share)
        body.append(f'<line x1="{left}" y1="{y:.1f}" x2="{WIDTH - 40}" y2="{y:.1f}" stroke="{GRID}"/>')
        body.append(text(left - 8, y + 4, f"{share} %", 11, MUTED, "end"))
    for x in xs:
        body.append(text(at(x, 0)[0], bottom + 18, number(x), 11, MUTED, "middle"))
    body += legend(names)
    for i, values in enumerate(series):
        colour = PALETTE[i % len(PALETTE)]
        points = [at(x, value) for x, value in zip(xs, values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5" '
                    'stroke-linejoin="round"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    return frame(height, title, subtitle, body)


def trade(title, subtitle, names, x_label, series):
    """series: for each name its points (label, x, y), which a line joins. Both axes begin at 0."""
    height, left, bottom = 380, 64, 318
    x_top = nice_top(max(x for points in series for _, x, _ in points) / 5) * 5
    y_top = nice_top(max(y for points in series for _, _, y in points) / 5) * 5

    def at(x, y):
        return left + x / x_top * (WIDTH - left - 40), bottom - y / y_top * (bottom - TOP)

    body = []
    for i in range(6):
        _, y = at(0, y_top * i / 5)
        body.append(f'<line x1="{left}" y1="{y:.1f}" x2="{WIDTH - 40}" y2="{y:.1f}" stroke="{GRID}"/>')
        body.append(text(left - 8, y + 4, number(y_top * i / 5), 11, MUTED, "end"))
        body.append(text(at(x_top * i / 5, 0)[0], bottom + 18, number(x_top * i / 5), 11, MUTED, "middle"))
    body.append(text(left + (WIDTH - left - 40) / 2, bottom + 36, x_label, 11, MUTED, "middle"))
    body += legend(names)
    for i, points in enumerate(series):
        colour = PALETTE[i % len(PALETTE)]
        places = [at(x, y) for _, x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
                    'stroke-linejoin="round"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        if y_top * 0.4 < max(y for _, _, y in points):
            body += [text(x + 4, y - 6, point[0], 10, MUTED) for point, (x, y) in zip(points, places)]
    return frame(height, title, subtitle, body)
