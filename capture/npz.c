/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The central directory at the end of the archive is what counts; local headers are only asked how
 * long they are. Invariant: every offset is checked against the file before it is used, and what
 * members unpack to is bounded by what deflate can reach, so a small file never claims much memory.
 */
#include "capture/npz.h"

#include <string.h>
#include <zlib.h>

#include "capture/npy.h"

#define END_SIGNATURE       0x06054b50u
#define END64_SIGNATURE     0x06064b50u
#define LOCATOR64_SIGNATURE 0x07064b50u
#define CENTRAL_SIGNATURE   0x02014b50u
#define LOCAL_SIGNATURE     0x04034b50u

enum {
    END_BYTES = 22,
    LOCATOR64_BYTES = 20,
    END64_BYTES = 56,
    CENTRAL_BYTES = 46,
    LOCAL_BYTES = 30,
    MAX_COMMENT = 65535,
    STORED = 0,
    DEFLATED = 8,
    MAX_RATIO = 1040, /* deflate reaches 1032 */
    SLACK = 65536
};

struct _FoveaNpz {
    GBytes *bytes;
    char *name;
    GPtrArray *names;    /* of char *, the tensors' */
    GPtrArray *unpacked; /* of GBytes */
    GArray *tensors;
    gsize n_unpacked;
};

/* The archive as the reading functions see it. */
typedef struct {
    const guint8 *data;
    gsize length;
    const char *name;
} Archive;

typedef struct {
    guint64 packed, unpacked, offset; /* offset of the local header */
    guint32 checksum;
    guint16 method, flags;
    gsize name_at, name_length;
} Member;

static guint64
get (const guint8 *p, guint n)
{
    guint64 value = 0;
    for (guint i = n; i > 0; i--)
        value = value << 8 | p[i - 1];
    return value;
}

static gboolean
fail (const Archive *archive, GError **error, guint64 offset, const char *what)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: byte %" G_GUINT64_FORMAT ": %s",
                 archive->name, offset, what);
    return FALSE;
}

static gboolean
holds (const Archive *archive, guint64 offset, guint64 n)
{
    return offset <= archive->length && n <= archive->length - offset;
}

static gboolean
has_signature (const Archive *archive, guint64 offset, guint64 n, guint32 signature)
{
    return holds (archive, offset, n) && get (archive->data + offset, 4) == signature;
}

/* Place and number of directory entries, by the record at the end or its 64-bit form. */
static gboolean
find_directory (const Archive *archive, guint64 *offset, guint64 *n, GError **error)
{
    if (archive->length < END_BYTES)
        return fail (archive, error, 0, "no zip archive: too short");
    gsize end = archive->length - END_BYTES;
    gsize lowest = end > MAX_COMMENT ? end - MAX_COMMENT : 0;
    while (end > lowest && !has_signature (archive, end, END_BYTES, END_SIGNATURE))
        end--;
    if (!has_signature (archive, end, END_BYTES, END_SIGNATURE))
        return fail (archive, error, end, "no zip archive: no directory at its end");
    const guint8 *record = archive->data + end;
    *n = get (record + 10, 2);
    *offset = get (record + 16, 4);
    if (end < LOCATOR64_BYTES ||
        !has_signature (archive, end - LOCATOR64_BYTES, LOCATOR64_BYTES, LOCATOR64_SIGNATURE))
        return TRUE;
    guint64 end64 = get (record - LOCATOR64_BYTES + 8, 8);
    if (!has_signature (archive, end64, END64_BYTES, END64_SIGNATURE))
        return fail (archive, error, end - LOCATOR64_BYTES,
                     "64-bit directory is not where it says");
    *n = get (archive->data + end64 + 32, 8);
    *offset = get (archive->data + end64 + 48, 8);
    return TRUE;
}

/* Sizes that did not fit into 32 bits stand in extra field 1, in this order. */
static void
read_extra64 (const guint8 *extra, gsize length, Member *member)
{
    guint64 *fields[] = {&member->unpacked, &member->packed, &member->offset};
    for (gsize at = 0; length - at >= 4;) {
        gsize id = get (extra + at, 2), size = get (extra + at + 2, 2);
        at += 4;
        if (size > length - at)
            return;
        for (gsize i = 0, used = 0; id == 1 && i < G_N_ELEMENTS (fields); i++)
            if (*fields[i] == G_MAXUINT32 && size - used >= 8) {
                *fields[i] = get (extra + at + used, 8);
                used += 8;
            }
        at += size;
    }
}

/* The entry at *offset, which moves to the next. */
static gboolean
read_entry (const Archive *archive, guint64 *offset, Member *member, GError **error)
{
    if (!has_signature (archive, *offset, CENTRAL_BYTES, CENTRAL_SIGNATURE))
        return fail (archive, error, *offset, "directory entry is cut short or malformed");
    const guint8 *p = archive->data + *offset;
    gsize name = get (p + 28, 2), extra = get (p + 30, 2), comment = get (p + 32, 2);
    if (!holds (archive, *offset + CENTRAL_BYTES, name + extra + comment))
        return fail (archive, error, *offset, "directory entry is cut short");
    *member = (Member){
        .flags = (guint16) get (p + 8, 2),
        .method = (guint16) get (p + 10, 2),
        .checksum = (guint32) get (p + 16, 4),
        .packed = get (p + 20, 4),
        .unpacked = get (p + 24, 4),
        .offset = get (p + 42, 4),
        .name_at = *offset + CENTRAL_BYTES,
        .name_length = name,
    };
    read_extra64 (p + CENTRAL_BYTES + name, extra, member);
    *offset += CENTRAL_BYTES + name + extra + comment;
    return TRUE;
}

/* Where the member's packed bytes start. */
static gboolean
find_data (const Archive *archive, const Member *member, guint64 *start, GError **error)
{
    if (!has_signature (archive, member->offset, LOCAL_BYTES, LOCAL_SIGNATURE))
        return fail (archive, error, member->offset, "no member where the directory says");
    const guint8 *p = archive->data + member->offset;
    *start = member->offset + LOCAL_BYTES + get (p + 26, 2) + get (p + 28, 2);
    if (!holds (archive, *start, member->packed))
        return fail (archive, error, member->offset, "member reaches past the end of the file");
    return TRUE;
}

static GBytes *
inflate_member (const Archive *archive, const Member *member, guint64 start, GError **error)
{
    g_autofree guint8 *out = g_try_malloc (MAX (member->unpacked, 1));
    z_stream stream = {0};
    if (out == NULL || inflateInit2 (&stream, -MAX_WBITS) != Z_OK) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "%s: no memory for a member of %" G_GUINT64_FORMAT " bytes", archive->name,
                     member->unpacked);
        return NULL;
    }
    guint64 left_in = member->packed, left_out = member->unpacked;
    stream.next_in = (Bytef *) (archive->data + start);
    stream.next_out = out;
    int rc = Z_OK;
    /* zlib counts in 32 bits, so both ends are handed over in pieces. */
    while (rc == Z_OK) {
        guint in = (guint) MIN (left_in, G_MAXINT32), room = (guint) MIN (left_out, G_MAXINT32);
        stream.avail_in = in;
        stream.avail_out = room;
        rc = inflate (&stream, Z_NO_FLUSH);
        left_in -= in - stream.avail_in;
        left_out -= room - stream.avail_out;
    }
    inflateEnd (&stream);
    if (rc != Z_STREAM_END || left_out != 0) {
        fail (archive, error, start, "member does not unpack to its size");
        return NULL;
    }
    return g_bytes_new_take (g_steal_pointer (&out), member->unpacked);
}

static guint32
checksum (const guint8 *data, guint64 length)
{
    uLong crc = crc32 (0, NULL, 0);
    for (guint64 at = 0; at < length;) {
        guint n = (guint) MIN (length - at, G_MAXINT32);
        crc = crc32 (crc, data + at, n);
        at += n;
    }
    return (guint32) crc;
}

/* The member's bytes: in place if stored. */
static GBytes *
unpack (FoveaNpz *npz, const Archive *archive, const Member *member, GError **error)
{
    guint64 start;
    if (!find_data (archive, member, &start, error))
        return NULL;
    if ((member->flags & 1) != 0 || (member->method != STORED && member->method != DEFLATED)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: byte %" G_GUINT64_FORMAT ": %s", archive->name, member->offset,
                     (member->flags & 1) != 0 ? "encrypted member" : "unknown compression");
        return NULL;
    }
    if (member->method == STORED && member->unpacked != member->packed) {
        fail (archive, error, member->offset, "stored member with two sizes");
        return NULL;
    }
    if (member->unpacked > MAX_RATIO * (guint64) archive->length + SLACK - npz->n_unpacked) {
        fail (archive, error, member->offset, "member claims more than can be packed");
        return NULL;
    }
    npz->n_unpacked += member->unpacked;
    GBytes *bytes = member->method == STORED
                        ? g_bytes_new_from_bytes (npz->bytes, start, member->packed)
                        : inflate_member (archive, member, start, error);
    if (bytes != NULL &&
        checksum (g_bytes_get_data (bytes, NULL), member->unpacked) != member->checksum) {
        g_bytes_unref (bytes);
        fail (archive, error, start, "checksum of a member differs");
        return NULL;
    }
    return bytes;
}

static gboolean
add_member (FoveaNpz *npz, const Archive *archive, const Member *member, GError **error)
{
    const char *raw = (const char *) archive->data + member->name_at;
    g_autofree char *name = g_strndup (raw, member->name_length);
    if (!g_str_has_suffix (name, ".npy") || !g_utf8_validate (name, -1, NULL))
        return fail (archive, error, member->name_at, "member is no .npy array");
    name[strlen (name) - strlen (".npy")] = '\0';
    g_autoptr (GBytes) bytes = unpack (npz, archive, member, error);
    if (bytes == NULL)
        return FALSE;
    gsize length;
    const guint8 *data = g_bytes_get_data (bytes, &length);
    FoveaTensor tensor;
    if (!fovea_npy_read (data, length, name, member->offset, &tensor, error)) {
        g_prefix_error (error, "%s: ", archive->name);
        return FALSE;
    }
    g_array_append_val (npz->tensors, tensor);
    g_ptr_array_add (npz->names, g_steal_pointer (&name));
    g_ptr_array_add (npz->unpacked, g_steal_pointer (&bytes));
    return TRUE;
}

FoveaNpz *
fovea_npz_open_bytes (GBytes *bytes, const char *name, GError **error)
{
    g_autoptr (FoveaNpz) npz = g_new0 (FoveaNpz, 1);
    npz->bytes = g_bytes_ref (bytes);
    npz->name = g_strdup (name);
    npz->names = g_ptr_array_new_with_free_func (g_free);
    npz->unpacked = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    npz->tensors = g_array_new (FALSE, FALSE, sizeof (FoveaTensor));
    Archive archive = {NULL, 0, npz->name};
    archive.data = g_bytes_get_data (bytes, &archive.length);
    guint64 offset, n;
    if (!find_directory (&archive, &offset, &n, error))
        return NULL;
    for (guint64 i = 0; i < n; i++) {
        Member member;
        if (!read_entry (&archive, &offset, &member, error) ||
            !add_member (npz, &archive, &member, error))
            return NULL;
    }
    return g_steal_pointer (&npz);
}

FoveaNpz *
fovea_npz_open (const char *path, GError **error)
{
    g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, error);
    if (map == NULL)
        return NULL;
    g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (map);
    return fovea_npz_open_bytes (bytes, path, error);
}

void
fovea_npz_free (FoveaNpz *npz)
{
    if (npz == NULL)
        return;
    g_array_unref (npz->tensors);
    g_ptr_array_unref (npz->unpacked);
    g_ptr_array_unref (npz->names);
    g_bytes_unref (npz->bytes);
    g_free (npz->name);
    g_free (npz);
}

const FoveaTensor *
fovea_npz_list (FoveaNpz *npz, guint *n)
{
    *n = npz->tensors->len;
    return (const FoveaTensor *) (const void *) npz->tensors->data;
}
