/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Recursive descent over marks (brackets, comparisons, colons) and words:
 *   any   = all ("or" all)*
 *   all   = one (["and" | ","] one)*
 *   one   = "not" one | "(" any ")" | name compare number | name ":" value | word
 * Nodes are kept in one array and name each other by index; the text is some words long. */
#include "ui/head-filter.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

typedef enum {
    NODE_NONE, /* shows nothing: what could not be read */
    NODE_ALL,  /* every head */
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_TEXT,
    NODE_ROLE,
    NODE_LAYER, /* low .. high */
    NODE_HEAD,
    NODE_COMPARE,
} NodeKind;

typedef struct {
    NodeKind kind;
    guint left, right; /* AND, OR; NOT: left */
    char *text;        /* text, role, or score */
    char compare[3];   /* "<=" */
    double low, high;  /* COMPARE: low */
} Node;

struct _FoveaHeadFilter {
    GArray *nodes;
    guint root;
    char *problem;
};

typedef struct {
    FoveaHeadFilter *filter;
    GPtrArray *words; /* of char* */
    guint at;
    guint depth; /* of brackets and nots: a text of 10,000 brackets must not use up the stack */
} Parser;

#define MAX_DEPTH 100
#define MAX_WORDS 1000 /* a chain of conditions is as deep a tree as it is long */

static guint parse_any (Parser *parser);

static void
clear_node (gpointer data)
{
    g_free (((Node *) data)->text);
}

static guint
add_node (Parser *parser, NodeKind kind)
{
    Node node = {.kind = kind};
    g_array_append_val (parser->filter->nodes, node);
    return parser->filter->nodes->len - 1;
}

static Node *
get_node (const FoveaHeadFilter *filter, guint index)
{
    return &g_array_index (filter->nodes, Node, index);
}

/* The first problem is the one to tell. */
static guint
fail (Parser *parser, char *problem)
{
    if (parser->filter->problem == NULL)
        parser->filter->problem = problem;
    else
        g_free (problem);
    return add_node (parser, NODE_NONE);
}

/* The comma of "sink>0,3", as half of the world writes it, without a blank behind. */
static gboolean
is_decimal_comma (const GPtrArray *words, const char *word, gsize length)
{
    const char *before = words->len > 0 ? words->pdata[words->len - 1] : "";
    return length > 0 && strspn (word, "0123456789-") == length && word[length] == ',' &&
           g_ascii_isdigit (word[length + 1]) && strchr ("<>=!", *before) != NULL &&
           *before != '\0';
}

/* Marks stand for themselves wherever they touch a word; "<=" and "==" are one. */
static GPtrArray *
split (const char *text)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
    for (const char *at = text; *at != '\0';) {
        gsize length = strcspn (at, " \t,()<>=!:");
        if (length == 0 && strchr ("<>=!", *at) != NULL)
            length = at[1] == '=' ? 2 : 1;
        else if (length == 0)
            length = 1;
        gsize comma = is_decimal_comma (words, at, length) ? length : 0;
        if (comma > 0)
            length += 1 + strspn (at + length + 1, "0123456789");
        char *word = g_strndup (at, length);
        if (comma > 0)
            word[comma] = '.';
        if (*at != ' ' && *at != '\t')
            g_ptr_array_add (words, g_steal_pointer (&word));
        g_free (word);
        at += length;
    }
    return words;
}

static const char *
peek (Parser *parser)
{
    return parser->at < parser->words->len ? parser->words->pdata[parser->at] : NULL;
}

static gboolean
next_is (Parser *parser, const char *word)
{
    const char *next = peek (parser);
    return next != NULL && g_ascii_strcasecmp (next, word) == 0;
}

static gboolean
accept (Parser *parser, const char *word)
{
    gboolean found = next_is (parser, word);
    parser->at += found;
    return found;
}

static gboolean
is_compare (const char *word)
{
    return word != NULL && strchr ("<>=!", *word) != NULL && !g_str_equal (word, "!");
}

/* "3" or "0-5"; anything else is a problem, as "0-" is, and "5-3", in which no layer lies. */
static guint
parse_range (Parser *parser, NodeKind kind, const char *text)
{
    char *end = NULL;
    gint64 low = g_ascii_strtoll (text, &end, 10), high = low;
    gboolean read = g_ascii_isdigit (*text);
    if (read && *end == '-' && g_ascii_isdigit (end[1]))
        high = g_ascii_strtoll (end + 1, &end, 10);
    if (!read || *end != '\0' || high < low)
        return fail (parser, g_strdup_printf (_ ("“%s” is no number and no range like 0-5"), text));
    guint index = add_node (parser, kind);
    get_node (parser->filter, index)->low = (double) low;
    get_node (parser->filter, index)->high = (double) high;
    return index;
}

/* The value behind a colon: "role:induction", "layer:4-5". */
static guint
parse_value (Parser *parser, const char *name)
{
    const char *value = peek (parser);
    if (value == NULL)
        return fail (parser, g_strdup_printf (_ ("“%s:” wants a value after it"), name));
    parser->at++;
    if (g_ascii_strcasecmp (name, "layer") == 0)
        return parse_range (parser, NODE_LAYER, value);
    if (g_ascii_strcasecmp (name, "head") == 0)
        return parse_range (parser, NODE_HEAD, value);
    if (g_ascii_strcasecmp (name, "role") != 0)
        return fail (parser,
                     g_strdup_printf (_ ("“%s:” is not known; role:, layer: and head: are"), name));
    guint index = add_node (parser, NODE_ROLE);
    get_node (parser->filter, index)->text = g_utf8_casefold (value, -1);
    return index;
}

/* The short words that people type; columns and one-word roles stand for themselves. */
static char *
score_name (const char *name)
{
    if (g_ascii_strcasecmp (name, "distance") == 0)
        return g_strdup ("mean_distance");
    return g_ascii_strdown (name, -1);
}

static guint
parse_compare (Parser *parser, const char *name)
{
    const char *compare = peek (parser);
    parser->at++;
    const char *text = peek (parser);
    char *end = NULL;
    double number = text != NULL ? g_ascii_strtod (text, &end) : 0;
    if (text == NULL || end == text || *end != '\0' || isnan (number))
        return fail (parser, g_strdup_printf (_ ("“%s” wants a number after it"), compare));
    parser->at++;
    guint index = add_node (parser, NODE_COMPARE);
    Node *node = get_node (parser->filter, index);
    node->text = score_name (name);
    g_strlcpy (node->compare, compare, sizeof node->compare);
    node->low = number;
    return index;
}

/* Two words are one name where a comparison follows the second: "previous token > 0.4". */
static guint
parse_word (Parser *parser)
{
    const char *word = peek (parser);
    if (strchr (",)<>=!:", *word) != NULL)
        return fail (parser, g_strdup_printf (_ ("“%s” is not expected here"), word));
    parser->at++;
    if (accept (parser, ":"))
        return parse_value (parser, word);
    if (is_compare (peek (parser)))
        return parse_compare (parser, word);
    if (next_is (parser, "token") && parser->at + 1 < parser->words->len &&
        is_compare (parser->words->pdata[parser->at + 1])) {
        g_autofree char *both = g_strconcat (word, " token", NULL);
        parser->at++;
        return parse_compare (parser, both);
    }
    guint index = add_node (parser, NODE_TEXT);
    get_node (parser->filter, index)->text = g_utf8_casefold (word, -1);
    return index;
}

static guint
join (Parser *parser, NodeKind kind, guint left, guint right)
{
    guint index = add_node (parser, kind);
    get_node (parser->filter, index)->left = left;
    get_node (parser->filter, index)->right = right;
    return index;
}

static guint
parse_one (Parser *parser)
{
    guint index;
    if (peek (parser) == NULL)
        return fail (parser, g_strdup (_ ("a condition is missing at the end")));
    if (parser->depth > MAX_DEPTH)
        return fail (parser, g_strdup (_ ("more than 100 brackets in one another")));
    parser->depth++;
    if (accept (parser, "not")) {
        index = join (parser, NODE_NOT, parse_one (parser), 0);
    } else if (accept (parser, "(")) {
        index = parse_any (parser);
        if (!accept (parser, ")"))
            index = fail (parser, g_strdup (_ ("“(” has no “)”")));
    } else {
        index = parse_word (parser);
    }
    parser->depth--;
    return index;
}

static guint
parse_all (Parser *parser)
{
    guint left = parse_one (parser);
    while (parser->filter->problem == NULL && peek (parser) != NULL && !next_is (parser, "or") &&
           !next_is (parser, ")")) {
        if (!accept (parser, "and"))
            accept (parser, ",");
        left = join (parser, NODE_AND, left, parse_one (parser));
    }
    return left;
}

static guint
parse_any (Parser *parser)
{
    guint left = parse_all (parser);
    while (parser->filter->problem == NULL && accept (parser, "or"))
        left = join (parser, NODE_OR, left, parse_all (parser));
    return left;
}

FoveaHeadFilter *
fovea_head_filter_parse (const char *text)
{
    FoveaHeadFilter *filter = g_new0 (FoveaHeadFilter, 1);
    g_autoptr (GPtrArray) words = split (text);
    Parser parser = {.filter = filter, .words = words};
    filter->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
    g_array_set_clear_func (filter->nodes, clear_node);
    if (words->len > MAX_WORDS)
        fail (&parser, g_strdup_printf (_ ("more than %d words"), MAX_WORDS));
    else
        filter->root = words->len > 0 ? parse_any (&parser) : add_node (&parser, NODE_ALL);
    if (filter->problem == NULL && peek (&parser) != NULL)
        fail (&parser, g_strdup_printf (_ ("“%s” is not expected here"), peek (&parser)));
    if (filter->problem != NULL)
        filter->root = add_node (&parser, NODE_NONE);
    return filter;
}

void
fovea_head_filter_free (FoveaHeadFilter *filter)
{
    if (filter == NULL)
        return;
    g_array_unref (filter->nodes);
    g_free (filter->problem);
    g_free (filter);
}

static gboolean
is_place (const char *name)
{
    return g_str_equal (name, "layer") || g_str_equal (name, "head");
}

char *
fovea_head_filter_find_problem (const FoveaHeadFilter *filter, FoveaHeadItem *item)
{
    if (filter->problem != NULL || item == NULL)
        return g_strdup (filter->problem);
    for (guint i = 0; i < filter->nodes->len; i++) {
        const Node *node = get_node (filter, i);
        if (node->kind == NODE_COMPARE && !is_place (node->text) &&
            !fovea_head_item_has_score (item, node->text))
            return g_strdup_printf (_ ("no score is called “%s”"), node->text);
    }
    return NULL;
}

/* NaN is neither above nor below nor equal nor unequal: such heads stay out. */
static gboolean
compare (double value, const char *how, double limit)
{
    if (isnan (value))
        return FALSE;
    switch (how[0]) {
    case '<':
        return how[1] == '=' ? value <= limit : value < limit;
    case '>':
        return how[1] == '=' ? value >= limit : value > limit;
    case '!':
        return value != limit;
    default:
        return value == limit;
    }
}

static gboolean
compare_item (const Node *node, FoveaHeadItem *item, guint layer, guint head)
{
    double value = g_str_equal (node->text, "layer") ? layer
                   : g_str_equal (node->text, "head")
                       ? head
                       : fovea_head_item_get_score (item, node->text);
    return compare (value, node->compare, node->low);
}

static gboolean
holds (const FoveaHeadFilter *filter, guint index, FoveaHeadItem *item)
{
    const Node *node = get_node (filter, index);
    guint layer, head;
    g_autofree char *role = g_utf8_casefold (fovea_head_item_get_role (item), -1);
    fovea_head_item_get_place (item, &layer, &head);
    switch (node->kind) {
    case NODE_AND:
        return holds (filter, node->left, item) && holds (filter, node->right, item);
    case NODE_OR:
        return holds (filter, node->left, item) || holds (filter, node->right, item);
    case NODE_NOT:
        return !holds (filter, node->left, item);
    case NODE_ROLE: /* "role:none" = without one */
        return g_str_equal (node->text, "none") ? *role == '\0'
                                                : g_str_has_prefix (role, node->text);
    case NODE_LAYER:
        return layer >= node->low && layer <= node->high;
    case NODE_HEAD:
        return head >= node->low && head <= node->high;
    case NODE_COMPARE:
        return compare_item (node, item, layer, head);
    case NODE_TEXT:
        return g_str_has_prefix (fovea_head_item_get_name (item), node->text) ||
               strstr (role, node->text) != NULL;
    case NODE_ALL:
        return TRUE;
    case NODE_NONE:
    default:
        return FALSE;
    }
}

gboolean
fovea_head_filter_matches (const FoveaHeadFilter *filter, FoveaHeadItem *item)
{
    return holds (filter, filter->root, item);
}
