/*
 * Coverage as a picture: RFC 9293 figure 5, each box where the figure has it. An arrow that was gone along is drawn in full,
 * the wider the more often (by the logarithm), with its count and the median time in the state before it; one that was
 * not is dashed. Below stand the ways that the figure leaves out.
 */
#include "base/clock.h"
#include "view/coverage.h"

#define WIDTH 960
#define FIGURE_HEIGHT 900
#define LINE_HEIGHT 18
#define BOX_WIDTH 132
#define BOX_HEIGHT 40

struct box {
	const char *name;
	int x; /* of its middle */
	int y;
};

/* A line from its first point to its last, through the others; and where its words stand. */
struct course {
	int len;
	int points[4][2];
	int x;
	int y;
	const char *anchor;
};

/* clang-format off */
static const struct box boxes[] = {
	{ "CLOSED", 480, 60 }, { "LISTEN", 480, 190 }, { "SYN-RECEIVED", 130, 330 }, { "SYN-SENT", 830, 330 },
	{ "ESTABLISHED", 480, 450 }, { "FIN-WAIT-1", 130, 570 }, { "CLOSE-WAIT", 830, 570 },
	{ "FIN-WAIT-2", 130, 700 }, { "CLOSING", 480, 700 }, { "LAST-ACK", 830, 700 },
	{ "TIME-WAIT", 480, 830 }, { "CLOSED", 830, 830 },
};

/* By the index of the arrow: 1 to 16. */
static const struct course courses[COVERAGE_FIGURE] = {
	{ 3, { { 546, 60 }, { 830, 60 }, { 830, 310 } }, 818, 34, "end" },
	{ 3, { { 440, 210 }, { 130, 250 }, { 130, 310 } }, 240, 198, "middle" },
	{ 3, { { 520, 210 }, { 800, 250 }, { 800, 310 } }, 660, 192, "start" },
	{ 2, { { 764, 330 }, { 196, 330 } }, 480, 308, "middle" },
	{ 2, { { 170, 350 }, { 440, 430 } }, 290, 412, "end" },
	{ 2, { { 790, 350 }, { 520, 430 } }, 670, 412, "start" },
	{ 2, { { 110, 350 }, { 110, 550 } }, 118, 470, "start" },
	{ 2, { { 440, 470 }, { 180, 550 } }, 300, 536, "start" },
	{ 2, { { 520, 470 }, { 780, 550 } }, 660, 536, "end" },
	{ 2, { { 130, 590 }, { 130, 680 } }, 138, 640, "start" },
	{ 2, { { 180, 590 }, { 440, 680 } }, 352, 616, "start" },
	{ 2, { { 830, 590 }, { 830, 680 } }, 822, 640, "end" },
	{ 3, { { 130, 720 }, { 130, 830 }, { 414, 830 } }, 138, 780, "start" },
	{ 2, { { 480, 720 }, { 480, 810 } }, 472, 770, "end" },
	{ 2, { { 830, 720 }, { 830, 810 } }, 822, 770, "end" },
	{ 2, { { 546, 830 }, { 764, 830 } }, 655, 808, "middle" },
};
/* clang-format on */

static const char style[] = "<style>\n"
			    "text { font-family: sans-serif; font-size: 12px; fill: #333 }\n"
			    ".box { fill: #fff; stroke: #333; stroke-width: 1.5 }\n"
			    ".state { font-size: 14px; font-weight: bold; text-anchor: middle }\n"
			    ".seen { fill: none; stroke: #1f6fb2 }\n"
			    ".unseen { fill: none; stroke: #c33; stroke-width: 1.2; stroke-dasharray: 5 4 }\n"
			    ".call { fill: none; stroke: #999; stroke-width: 1; stroke-dasharray: 2 4 }\n"
			    ".missing { fill: #c33 }\n"
			    ".title { font-size: 16px; font-weight: bold }\n"
			    "</style>\n";

static void draw_heads(struct text *out)
{
	static const char *const colors[][2] = { { "seen", "#1f6fb2" }, { "unseen", "#c33" }, { "call", "#999" } };

	text_puts(out, "<defs>\n");
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		text_printf(out,
			    "<marker id=\"%s\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"10\" "
			    "markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
			    "<path d=\"M0 0L10 5L0 10z\" fill=\"%s\"/></marker>\n",
			    colors[i][0], colors[i][1]);
	text_puts(out, "</defs>\n");
}

/* The passive OPEN shows nowhere. */
static void draw_call(struct text *out)
{
	text_puts(out, "<path class=\"call\" d=\"M480 80L480 170\" marker-end=\"url(#call)\"/>"
		       "<text class=\"absent\" x=\"488\" y=\"122\">passive OPEN</text>"
		       "<text class=\"absent\" x=\"488\" y=\"136\">a call</text>\n");
}

static void draw_boxes(struct text *out)
{
	for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++) {
		const struct box *box = &boxes[i];

		text_printf(out, "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n",
			    box->x - BOX_WIDTH / 2, box->y - BOX_HEIGHT / 2, BOX_WIDTH, BOX_HEIGHT);
		text_printf(out, "<text class=\"state\" x=\"%d\" y=\"%d\">%s</text>\n", box->x, box->y + 5, box->name);
	}
}

/* One more for each factor of four. */
static unsigned tenths_wide(uint64_t count)
{
	unsigned tenths = 15;

	for (; count > 1 && tenths < 60; count /= 4)
		tenths += 5;
	return tenths;
}

/* "12 times, median 2.2ms" */
static void words(struct text *out, const struct coverage_count *count)
{
	int64_t median = coverage_median(count);
	char duration[CLOCK_TEXT_MAX];

	text_printf(out, "%llu", (unsigned long long)count->count);
	if (median >= 0)
		text_printf(out, ", %s", clock_duration_text(median, duration));
}

static void draw_arrow(struct text *out, const struct coverage *coverage, size_t i)
{
	const struct course *course = &courses[i];
	const struct coverage_count *count = &coverage->arrows[i];
	bool is_visible = coverage_is_visible(i);
	const char *class = count->count > 0 ? "seen" : is_visible ? "unseen" : "call";
	const char *text_class = count->count > 0 ? "" : is_visible ? " class=\"missing\"" : " class=\"absent\"";

	text_printf(out, "<g id=\"arrow-%s\"><path class=\"%s\" d=\"", coverage_arrow(i)->name, class);
	for (int k = 0; k < course->len; k++)
		text_printf(out, "%c%d %d", k == 0 ? 'M' : 'L', course->points[k][0], course->points[k][1]);
	text_char(out, '"');
	if (count->count > 0) {
		unsigned tenths = tenths_wide(count->count);

		text_printf(out, " stroke-width=\"%u.%u\"", tenths / 10, tenths % 10);
	}
	text_printf(out, " marker-end=\"url(#%s)\"/>", class);
	text_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s>%s: %s</text>", course->x, course->y,
		    course->anchor, text_class, coverage_arrow(i)->name, ws_cause_name(coverage_arrow(i)->cause));
	text_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s>", course->x, course->y + 14, course->anchor,
		    text_class);
	if (count->count > 0)
		words(out, count);
	else
		text_puts(out, is_visible ? "never" : "a call");
	text_puts(out, "</text></g>\n");
}

/* What the figure leaves out: its note 2, the text, RST and timers. */
static int draw_list(struct text *out, const struct coverage *coverage)
{
	int y = FIGURE_HEIGHT;

	for (size_t i = COVERAGE_FIGURE; i < coverage_arrows(); i++) {
		const struct coverage_arrow *arrow = coverage_arrow(i);

		if (coverage->arrows[i].count == 0)
			continue;
		if (y == FIGURE_HEIGHT) {
			text_printf(out, "<text class=\"title\" x=\"64\" y=\"%d\">Not in the figure</text>\n", y);
			y += LINE_HEIGHT;
		}
		text_printf(out, "<text x=\"64\" y=\"%d\">%s -&gt; %s</text><text x=\"320\" y=\"%d\">%s</text>", y,
			    ws_state_name(arrow->from), ws_state_name(arrow->to), y, ws_cause_name(arrow->cause));
		text_printf(out, "<text x=\"480\" y=\"%d\">", y);
		words(out, &coverage->arrows[i]);
		text_puts(out, "</text>\n");
		y += LINE_HEIGHT;
	}
	return y;
}

void coverage_svg(struct text *out, const struct coverage *coverage)
{
	struct text body = { 0 };
	int height;

	draw_heads(&body);
	text_printf(&body,
		    "<text class=\"title\" x=\"64\" y=\"28\">RFC 9293 figure 5: %u of the %u arrows that show on the "
		    "wire</text>\n<text x=\"64\" y=\"46\">%llu connections</text>\n",
		    coverage_seen(coverage), coverage_visible(), (unsigned long long)coverage->connections);
	for (size_t i = 0; i < COVERAGE_FIGURE; i++)
		draw_arrow(&body, coverage, i);
	draw_call(&body);
	draw_boxes(&body);
	height = draw_list(&body, coverage) + LINE_HEIGHT;
	text_printf(out,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		    WIDTH, height, WIDTH, height);
	text_puts(out, style);
	text_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", WIDTH, height);
	if (text_failed(&body))
		out->failed = true;
	else
		text_write(out, body.data, body.len);
	text_puts(out, "</svg>\n");
	text_fini(&body);
}
