/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything is set first, so that the last page is known when the first is drawn: `placed` holds a line of a layout,
 * its page and where its baseline begins.
 */
#include "paper/paper.h"

#include "paper/text.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#define PAGE_WIDTH      595.28 /* A4 */
#define PAGE_HEIGHT     841.89
#define MARGIN_SIDE     79.0 /* 28 mm, as official letters have it */
#define MARGIN_TOP      72.0
#define MARGIN_END      72.0
#define COLUMN          (PAGE_WIDTH - 2 * MARGIN_SIDE)
#define BOTTOM          (PAGE_HEIGHT - MARGIN_END)
#define TITLE_SIZE      20.0
#define TEXT_SIZE       12.0
#define CAPTION_SIZE    8.0
#define LEADING_CHINESE 1.5F
#define LEADING_LATIN   1.3F
#define GAP             9.0             /* between paragraphs */
#define INDENT          (2 * TEXT_SIZE) /* two characters */
#define CODE_SIDE       99.0            /* 35 mm: modules of half a millimetre with the longest address */
#define CODE_WIDTH      170.0           /* of the caption */
#define FONTS           "WenQuanYi Micro Hei, Noto Sans CJK SC, Source Han Sans SC, Droid Sans Fallback, sans-serif"

G_DEFINE_QUARK(lianfang_paper_error, paper_error)

#if defined(__SANITIZE_ADDRESS__) /* GCC says so; Clang where it is asked */
#define LEAKS_ARE_SOUGHT
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAKS_ARE_SOUGHT
#endif
#endif

#ifdef LEAKS_ARE_SOUGHT
/* fontconfig loses 288 bytes when it reads its configuration, once a process. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
#endif

struct placed {
    PangoLayoutLine *line; /* of a layout in `layouts` */
    int page;
    double x, baseline;
};

struct setting {
    const struct paper *paper;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *context;
    GPtrArray *layouts;
    GArray *placed;
    int page; /* the one being filled, from 0 */
    double y; /* where on it */
    size_t unknown;
};

/* Bytes of the text at which a character begins that no font has. */
static GArray *find_unknown(PangoLayout *layout)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(int));
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do {
        const PangoLayoutRun *run = pango_layout_iter_get_run_readonly(at);
        for (int i = 0; run != NULL && i < run->glyphs->num_glyphs; i++) {
            int offset = run->item->offset + run->glyphs->log_clusters[i];
            if ((run->glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0)
                g_array_append_val(found, offset);
        }
    } while (pango_layout_iter_next_run(at));
    pango_layout_iter_free(at);
    return found;
}

static bool is_at(const GArray *offsets, int offset)
{
    for (guint i = 0; i < offsets->len; i++)
        if (g_array_index(offsets, int, i) == offset)
            return true;
    return false;
}

/* Pango draws the number of such a character in a box, which whoever copies or searches the text takes for digits. The
 * mark that printers set instead is a character: 〓. */
static void replace_unknown(struct setting *setting, PangoLayout *layout)
{
    static const char *const marks[] = {"〓", "?"};
    for (size_t i = 0; i < G_N_ELEMENTS(marks) && pango_layout_get_unknown_glyphs_count(layout) > 0; i++) {
        g_autofree char *text = g_strdup(pango_layout_get_text(layout));
        g_autoptr(GArray) unknown = find_unknown(layout);
        g_autoptr(GString) readable = g_string_new(NULL);
        setting->unknown += i == 0 ? unknown->len : 0;
        for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
            if (is_at(unknown, (int)(at - text)))
                g_string_append(readable, marks[i]);
            else
                g_string_append_unichar(readable, g_utf8_get_char(at));
        pango_layout_set_text(layout, readable->str, -1);
    }
}

static PangoLayout *lay_out(struct setting *setting, const char *text, double size, double width)
{
    PangoLayout *layout = pango_layout_new(setting->context);
    g_ptr_array_add(setting->layouts, layout);
    PangoFontDescription *font = pango_font_description_from_string(FONTS);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(layout, setting->paper->chinese ? LEADING_CHINESE : LEADING_LATIN);
    replace_unknown(setting, layout);
    return layout;
}

/* Places the layout's lines from `y` on, on to the next page where one is full. */
static void place(struct setting *setting, PangoLayout *layout, double x)
{
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    double above = 0; /* what of the layout stands on earlier pages */
    double top = setting->y;
    PangoRectangle logical;
    do {
        int from, to;
        pango_layout_iter_get_line_extents(at, NULL, &logical);
        pango_layout_iter_get_line_yrange(at, &from, &to);
        if (top + (double)to / PANGO_SCALE - above > BOTTOM && setting->y > MARGIN_TOP) {
            setting->page++;
            above = (double)from / PANGO_SCALE;
            top = MARGIN_TOP;
        }
        struct placed placed = {
            .line = pango_layout_iter_get_line_readonly(at),
            .page = setting->page,
            .x = x + (double)logical.x / PANGO_SCALE,
            .baseline = top + (double)pango_layout_iter_get_baseline(at) / PANGO_SCALE - above,
        };
        g_array_append_val(setting->placed, placed);
        setting->y = top + (double)to / PANGO_SCALE - above;
    } while (pango_layout_iter_next_line(at));
    /* pango leads between the lines of a layout, and not behind the last. */
    setting->y += (pango_layout_get_line_spacing(layout) - 1) * (double)logical.height / PANGO_SCALE;
    pango_layout_iter_free(at);
}

static void set_title(struct setting *setting)
{
    PangoLayout *title = lay_out(setting, setting->paper->title, TITLE_SIZE, COLUMN);
    pango_layout_set_alignment(title, PANGO_ALIGN_CENTER);
    place(setting, title, MARGIN_SIDE);
    setting->y += 2 * GAP;
}

static void set_text(struct setting *setting)
{
    g_autoptr(GArray) blocks = paper_blocks(setting->paper->text);
    for (guint i = 0; i < blocks->len; i++) {
        const struct block *block = &g_array_index(blocks, struct block, i);
        PangoLayout *layout = lay_out(setting, block->text, TEXT_SIZE, block->item ? COLUMN - INDENT : COLUMN);
        if (block->item)
            pango_layout_set_indent(layout, (int)(-INDENT * PANGO_SCALE));
        else if (setting->paper->chinese && !block->salutation)
            pango_layout_set_indent(layout, (int)(INDENT * PANGO_SCALE));
        if (block->after_blank)
            setting->y += GAP;
        place(setting, layout, block->item ? MARGIN_SIDE + INDENT : MARGIN_SIDE);
    }
}

static double height_of(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

/* Unit and date stay together, above the code or, where that would begin a page, at its left. Leaves `y` at the code's
 * upper edge. */
static void set_end(struct setting *setting)
{
    const struct paper *paper = setting->paper;
    g_autofree char *text = g_strconcat(paper->unit, "\n", paper->date, NULL);
    PangoLayout *end = lay_out(setting, text, TEXT_SIZE, COLUMN);
    pango_layout_set_alignment(end, PANGO_ALIGN_RIGHT);
    PangoLayout *caption = paper->code != NULL ? lay_out(setting, paper->caption, CAPTION_SIZE, CODE_WIDTH) : NULL;
    double code = 0;
    if (caption != NULL) {
        pango_layout_set_line_spacing(caption, 1.0F);
        pango_layout_set_alignment(caption, PANGO_ALIGN_RIGHT);
        code = CODE_SIDE + GAP + height_of(caption);
    }
    setting->y += 3 * GAP;
    bool beside = caption != NULL && setting->y + height_of(end) + GAP + code > BOTTOM;
    if (beside)
        pango_layout_set_width(end, (int)((COLUMN - CODE_WIDTH - 2 * GAP) * PANGO_SCALE));
    if (setting->y + MAX(height_of(end), code) > BOTTOM) {
        setting->page++;
        setting->y = MARGIN_TOP;
    }
    place(setting, end, MARGIN_SIDE);
    if (caption == NULL)
        return;
    setting->y = BOTTOM - height_of(caption);
    place(setting, caption, PAGE_WIDTH - MARGIN_SIDE - CODE_WIDTH);
    setting->y = BOTTOM - code;
}

/* The code's upper edge is at `y` of the last page. Runs of dark modules are one rectangle. */
static bool draw_code(struct setting *setting, GError **error)
{
    QRcode *code = QRcode_encodeString8bit(setting->paper->code, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        g_set_error(error, PAPER_ERROR, PAPER_ERROR_CODE, "the proof does not fit in a QR code: %s", g_strerror(errno));
        return false;
    }
    double module = CODE_SIDE / code->width, left = PAGE_WIDTH - MARGIN_SIDE - CODE_SIDE;
    for (int row = 0; row < code->width; row++)
        for (int from = 0, to; from < code->width; from = to) {
            const unsigned char *modules = code->data + row * code->width;
            for (to = from; to < code->width && ((modules[to] ^ modules[from]) & 1) == 0; to++)
                continue;
            if (modules[from] & 1)
                cairo_rectangle(setting->cairo, left + from * module, setting->y + row * module, (to - from) * module,
                                module);
        }
    cairo_fill(setting->cairo);
    QRcode_free(code);
    return true;
}

static void draw_page_number(struct setting *setting, int page)
{
    g_autofree char *text =
        g_strdup_printf(setting->paper->chinese ? "第 %d 页，共 %d 页" : "Page %d of %d", page + 1, setting->page + 1);
    PangoLayout *number = lay_out(setting, text, CAPTION_SIZE, COLUMN);
    pango_layout_set_alignment(number, PANGO_ALIGN_CENTER);
    cairo_move_to(setting->cairo, MARGIN_SIDE, PAGE_HEIGHT - MARGIN_END / 2);
    pango_cairo_show_layout(setting->cairo, number);
}

static void draw_mark(struct setting *setting)
{
    PangoLayout *mark = lay_out(setting, setting->paper->mark, TEXT_SIZE, COLUMN);
    pango_layout_set_alignment(mark, PANGO_ALIGN_CENTER);
    cairo_move_to(setting->cairo, MARGIN_SIDE, MARGIN_TOP / 2);
    pango_cairo_show_layout(setting->cairo, mark);
}

static bool draw(struct setting *setting, GError **error)
{
    for (int page = 0; page <= setting->page; page++) {
        for (guint i = 0; i < setting->placed->len; i++) {
            const struct placed *placed = &g_array_index(setting->placed, struct placed, i);
            if (placed->page != page)
                continue;
            cairo_move_to(setting->cairo, placed->x, placed->baseline);
            pango_cairo_show_layout_line(setting->cairo, placed->line);
        }
        draw_page_number(setting, page);
        if (setting->paper->mark != NULL)
            draw_mark(setting);
        if (page == setting->page && setting->paper->code != NULL && !draw_code(setting, error))
            return false;
        cairo_show_page(setting->cairo);
    }
    return true;
}

static cairo_status_t take_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

/* The day in place of the clock, which cairo would look at. */
static void describe(cairo_surface_t *surface, const struct paper *paper)
{
    g_autofree char *date = g_strconcat(paper->day, "T00:00:00Z", NULL);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, paper->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, paper->unit);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

/* A font map for this paper alone: pango's own keeps what it has seen for as long as its thread lives. */
static PangoContext *new_context(struct setting *setting)
{
    PangoFontMap *fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(fonts);
    g_object_unref(fonts);
    pango_cairo_update_context(setting->cairo, context);
    pango_context_set_language(context, pango_language_from_string(setting->paper->chinese ? "zh-cn" : "en"));
    return context;
}

GBytes *paper_pdf(const struct paper *paper, size_t *out_unknown, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    struct setting setting = {.paper = paper, .y = MARGIN_TOP};
    setting.surface = cairo_pdf_surface_create_for_stream(take_bytes, bytes, PAGE_WIDTH, PAGE_HEIGHT);
    describe(setting.surface, paper);
    setting.cairo = cairo_create(setting.surface);
    setting.layouts = g_ptr_array_new_with_free_func(g_object_unref);
    setting.placed = g_array_new(FALSE, FALSE, sizeof(struct placed));
    setting.context = new_context(&setting);
    set_title(&setting);
    set_text(&setting);
    set_end(&setting);
    bool drawn = draw(&setting, error);
    g_array_unref(setting.placed);
    g_ptr_array_unref(setting.layouts);
    g_object_unref(setting.context);
    cairo_destroy(setting.cairo);
    cairo_surface_finish(setting.surface);
    cairo_status_t status = cairo_surface_status(setting.surface);
    cairo_surface_destroy(setting.surface);
    if (drawn && status != CAIRO_STATUS_SUCCESS)
        g_set_error(error, PAPER_ERROR, PAPER_ERROR_DRAWING, "the document cannot be drawn: %s",
                    cairo_status_to_string(status));
    if (!drawn || status != CAIRO_STATUS_SUCCESS) {
        g_byte_array_unref(bytes);
        return NULL;
    }
    *out_unknown = setting.unknown;
    return g_byte_array_free_to_bytes(bytes);
}
