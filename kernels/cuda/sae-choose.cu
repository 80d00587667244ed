/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse codes from marked scores (sae-codes.cuh): a warp chooses those of a row. It gathers what is
 * marked, bounds the k-th largest product by the k-th largest of what scores are at least, drops what
 * cannot reach that, makes the products of the rest where scores are not the products themselves, and
 * ranks these. What the marks cannot decide is put on a list of rows that are redone in full: fewer than
 * k reached the threshold, or more than there is room for (ties, as of rows that are zero).
 *
 * Moves, a row: 8 B a tile, 32 B a chunk marked, a latent's weights a product made again.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"

enum {
    WARPS = 4,
    THREADS = 32 * WARPS,
    BLOCKS = 8,    /* a multiprocessor: 4,096 rows go at once where nothing is multiplied again */
    FEW_EACH = 8,  /* chunks of a lane that are loaded at once, */
    FEW_PARTS = 3, /* so many times: of each a number stays in a register */
    FEW = 32 * FEW_EACH * FEW_PARTS
};

/* What a warp keeps of its row. */
typedef struct {
    float *value; /* (room / 2) scores, or what sizes are at least; in the end products */
    int *latent;  /* (room / 2) */
    int *place;   /* (room) of chunks: tile, place in the group's, quad, number; in the end keys */
} Choice;

static __device__ inline int
count_lanes (int own, int *before)
{
    int sum = own, lane = lane_id ();
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync (~0u, sum, step);
        sum += lane >= step ? other : 0;
    }
    *before = sum - own;
    return __shfl_sync (~0u, sum, 31);
}

/* Writes where marked chunks are. Gives how many there are; none is written if that is more than there
 * is room for. */
static __device__ inline int
find_chunks (const CodesRun &run, int64_t at, int *place)
{
    const uint2 *marks = (const uint2 *) run.marks + at * run.tiles;
    int own = 0, to;
#pragma unroll 4
    for (int tile = lane_id (); tile < run.tiles; tile += 32)
        own += __popc (marks[tile].x) + __popc (marks[tile].y);
    int n = count_lanes (own, &to);
    if (n > run.room)
        return n;
    for (int tile = lane_id (); tile < run.tiles; tile += 32) {
        uint2 four = marks[tile];
        unsigned long long all = (unsigned long long) four.y << 32 | four.x;
        for (unsigned long long left = all; left != 0; left &= left - 1) {
            int bit = __ffsll ((long long) left) - 1, quad = bit / 16;
            unsigned own = (unsigned) (all >> 16 * quad) & ((1u << bit % 16) - 1);
            place[to++] = tile << 10 | __popc (own) << 6 | bit;
        }
    }
    return n;
}

/* How far a latent's product may be from its score. */
static __device__ inline float
reach_of (const CodesRun &run, const CodesRow &row, int latent)
{
    int tile = latent % run.tiles, column = latent / run.tiles;
    return row.error * run.prepared.group_reach[4 * tile + column % 8 / 2] + row.slack;
}

static __device__ inline float
size_of (const CodesRun &run, float score)
{
    return run.args.by_magnitude ? fabsf (score) : score;
}

/* Appends the latents of lanes' scores that reach their limit; gives how many there are then, which may
 * be more than there is room for. */
template <bool ROUNDED>
static __device__ inline int
append (const CodesRun &run, const CodesRow &row, bool in, float score, int latent, int n, Choice c)
{
    float size = size_of (run, score), reach = ROUNDED ? 0 : reach_of (run, row, latent);
    in = in && size >= codes_limit (row.least, reach, run.args.only_positive);
    unsigned all = __ballot_sync (~0u, in);
    int to = n + __popc (all & ((1u << lane_id ()) - 1));
    if (in && to < run.room / 2) {
        c.latent[to] = latent;
        c.value[to] = ROUNDED ? score : size - reach;
    }
    return n + __popc (all);
}

/* All candidates of the row. */
template <bool ROUNDED>
static __device__ inline int
gather (const CodesRun &run, const CodesRow &row, int64_t at, int n_chunks, const Choice &c)
{
    const float4 *chunks = run.chunks + at * run.tiles * (CODES_CHUNKS * 4);
    int n = 0;
#pragma unroll 2
    for (int first = 0; first < n_chunks; first += 32) {
        int place = c.place[min (first + lane_id (), n_chunks - 1)];
        int tile = place >> 10, quad = place >> 4 & 3;
        float4 four = __ldg (chunks + (place >> 4));
        const float score[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
        for (int i = 0; i < CODES_CHUNK; i++) {
            int latent = (int) codes_latent (run.tiles, tile, codes_column (place & 15, quad, i));
            n = append<ROUNDED> (run, row, first + lane_id () < n_chunks, score[i], latent, n, c);
        }
    }
    __syncwarp ();
    return n;
}

/* What candidates are ordered by before products are made. */
template <bool ROUNDED>
static __device__ inline unsigned
rank_of (const CodesRun &run, float value)
{
    return codes_order (ROUNDED ? size_of (run, value) : value);
}

/* The k-th largest rank of @n candidates, of which there are as many at least. */
template <bool ROUNDED>
static __device__ inline unsigned
find_bound (const CodesRun &run, int n, const float *value)
{
    unsigned most = 0, least = ~0u;
    int k = (int) run.args.k;
#pragma unroll 4
    for (int i = lane_id (); i < n; i += 32) {
        unsigned own = rank_of<ROUNDED> (run, value[i]);
        most = max (most, own);
        least = min (least, own);
    }
    most = __reduce_max_sync (~0u, most);
    least = __reduce_min_sync (~0u, least);
    int top = 31 - __clz ((int) (most ^ least)); /* -1 if all are one */
    unsigned bound = top < 31 ? most & ~((2u << top) - 1) : 0;
    for (unsigned bit = top < 0 ? 0 : 1u << top; bit != 0; bit >>= 1) {
        int reached = 0;
#pragma unroll 8
        for (int i = lane_id (); i < n; i += 32)
            reached += rank_of<ROUNDED> (run, value[i]) >= (bound | bit);
        reached = (int) __reduce_add_sync (~0u, (unsigned) reached);
        if (reached < k)
            continue;
        bound |= bit;
        if (reached == k)
            break;
    }
    return top < 0 ? most : bound;
}

/* A lane's chunks, where a row has few of them: what the largest of each is at least, as it orders; 0 = no
 * chunk. */
typedef struct {
    unsigned order[FEW_PARTS][FEW_EACH];
    int parts; /* that have any */
} LaneChunks;

static __device__ inline float
reach_of_place (const CodesRun &run, const CodesRow &row, int place)
{
    int group = (place >> 10) * 4 + (place >> 4 & 3);
    return row.error * run.prepared.group_reach[group] + row.slack;
}

template <bool ROUNDED>
static __device__ inline void
load_part (const CodesRun &run,
           const CodesRow &row,
           const float4 *chunks,
           int first,
           int n,
           const int *place,
           unsigned (&order)[FEW_EACH])
{
    float4 four[FEW_EACH];
#pragma unroll
    for (int i = 0; i < FEW_EACH; i++)
        four[i] = __ldg (chunks + (place[min (first + 32 * i + lane_id (), n - 1)] >> 4));
#pragma unroll
    for (int i = 0; i < FEW_EACH; i++) {
        const float4 &v = four[i];
        int at = first + 32 * i + lane_id ();
        float most = fmaxf (fmaxf (size_of (run, v.x), size_of (run, v.y)),
                            fmaxf (size_of (run, v.z), size_of (run, v.w)));
        if (!ROUNDED)
            most -= reach_of_place (run, row, place[min (at, n - 1)]);
        order[i] = at < n ? codes_order (most) : 0;
    }
}

/* The k-th largest of what chunks are ordered by, which is at most the k-th largest of all scores; there
 * are k of them at least. */
static __device__ inline unsigned
bound_chunks (int k, const LaneChunks &l)
{
    unsigned most = 0, least = ~0u;
#pragma unroll
    for (int p = 0; p < FEW_PARTS; p++)
#pragma unroll
        for (int i = 0; i < FEW_EACH; i++) {
            most = max (most, l.order[p][i]);
            least = min (least, l.order[p][i] - 1); /* what is no chunk is above all */
        }
    most = __reduce_max_sync (~0u, most);
    least = __reduce_min_sync (~0u, least) + 1;
    int top = 31 - __clz ((int) (most ^ least)); /* -1 if all are one */
    unsigned bound = top < 31 ? most & ~((2u << top) - 1) : 0;
    for (unsigned bit = top < 0 ? 0 : 1u << top; bit != 0; bit >>= 1) {
        int reached = 0;
#pragma unroll
        for (int p = 0; p < FEW_PARTS; p++) {
            if (p >= l.parts)
                break;
#pragma unroll
            for (int i = 0; i < FEW_EACH; i++)
                reached += l.order[p][i] >= (bound | bit);
        }
        reached = (int) __reduce_add_sync (~0u, (unsigned) reached);
        if (reached < k)
            continue;
        bound |= bit;
        if (reached == k)
            break;
    }
    return top < 0 ? most : bound;
}

/* Brings the places of chunks that may reach the bound together, in front. Gives how many they are. */
template <bool ROUNDED>
static __device__ inline int
pack_places (const CodesRun &run,
             const CodesRow &row,
             unsigned bound,
             const LaneChunks &l,
             int n,
             int *place)
{
    int kept = 0;
    float least = codes_float (bound);
#pragma unroll
    for (int p = 0; p < FEW_PARTS; p++) {
        if (p >= l.parts)
            break;
#pragma unroll
        for (int i = 0; i < FEW_EACH; i++) {
            int own = place[min (32 * (p * FEW_EACH + i) + lane_id (), n - 1)];
            unsigned order = l.order[p][i];
            bool in = order >= bound;
            if (!ROUNDED && !in &&
                order != 0) /* and a little for what the difference was rounded by */
                in = codes_float (order) + 2.1f * reach_of_place (run, row, own) >= least;
            unsigned all = __ballot_sync (~0u, in);
            __syncwarp (); /* all have read theirs */
            if (in)
                place[kept + __popc (all & ((1u << lane_id ()) - 1))] = own;
            kept += __popc (all);
        }
    }
    __syncwarp ();
    return kept;
}

/* The scores of the first @n chunks that may reach @least; gives how many there are. */
template <bool ROUNDED>
static __device__ inline int
unpack_chunks (const CodesRun &run,
               const CodesRow &row,
               const float4 *chunks,
               float least,
               int n,
               const Choice &c)
{
    int found = 0;
    for (int first = 0; first < n; first += 32) {
        int own = c.place[min (first + lane_id (), n - 1)];
        float4 v = __ldg (chunks + (own >> 4));
        const float score[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
        for (int e = 0; e < CODES_CHUNK; e++) {
            int column = codes_column (own & 15, own >> 4 & 3, e);
            int latent = (int) codes_latent (run.tiles, own >> 10, column);
            float reach = ROUNDED ? 0 : 1.01f * reach_of (run, row, latent);
            bool in = first + lane_id () < n && size_of (run, score[e]) + reach >= least;
            unsigned all = __ballot_sync (~0u, in);
            int to = found + __popc (all & ((1u << lane_id ()) - 1));
            if (in) {
                c.value[to] = score[e];
                c.latent[to] = latent;
            }
            found += __popc (all);
        }
    }
    __syncwarp ();
    return found;
}

/* The candidates of a row with @n marked chunks, few enough for registers; 0 if they do not decide. */
template <bool ROUNDED>
static __device__ inline int
choose_few (const CodesRun &run, const CodesRow &row, int64_t at, int n, const Choice &c)
{
    LaneChunks l;
    const float4 *chunks = run.chunks + at * run.tiles * (CODES_CHUNKS * 4);
    l.parts = (n + 32 * FEW_EACH - 1) / (32 * FEW_EACH);
#pragma unroll
    for (int p = 0; p < FEW_PARTS; p++) {
#pragma unroll
        for (int i = 0; i < FEW_EACH; i++)
            l.order[p][i] = 0;
        if (p < l.parts)
            load_part<ROUNDED> (run, row, chunks, p * 32 * FEW_EACH, n, c.place, l.order[p]);
    }
    unsigned bound = bound_chunks ((int) run.args.k, l);
    if (!ROUNDED && bound < codes_order (row.least))
        return 0;
    int best = pack_places<ROUNDED> (run, row, bound, l, n, c.place);
    if (best > run.room / 2 / CODES_CHUNK)
        return 0;
    return unpack_chunks<ROUNDED> (run, row, chunks, codes_float (bound), best, c);
}

/* Drops the candidates that cannot be among the k best; gives how many are left. */
template <bool ROUNDED>
static __device__ inline int
keep_candidates (const CodesRun &run, const CodesRow &row, unsigned bound, int n, const Choice &c)
{
    int kept = 0, lane = lane_id ();
    float least = codes_float (bound);
    for (int first = 0; first < n; first += 32) {
        int i = min (first + lane, n - 1), latent = c.latent[i];
        float value = c.value[i];
        bool in = rank_of<ROUNDED> (run, value) >= bound;
        if (!ROUNDED && bound != 0 && !in)
            in = value + 2.02f * reach_of (run, row, latent) >= least;
        in = in && first + lane < n;
        unsigned all = __ballot_sync (~0u, in);
        int to = kept + __popc (all & ((1u << lane) - 1));
        if (in) { /* never beyond what was read */
            c.latent[to] = latent;
            c.value[to] = value;
        }
        kept += __popc (all);
        __syncwarp ();
    }
    return kept;
}

/* Products of @n candidates. */
template <bool VECTORS>
static __device__ inline void
measure_candidates (const CodesRun &run, int64_t t, int n, const Choice &c)
{
    using P = Products<false, VECTORS>;
    const float *bias = run.args.weights.bias;
    for (int first = 0; first < n; first += P::BATCH) {
        auto name = [&] (int b) { return c.latent[min (first + b, n - 1)]; };
        float value = P::make (run, t, name);
        int at = first + lane_id ();
        if (lane_id () < P::BATCH && at < n)
            c.value[at] = value + (bias != NULL ? bias[c.latent[at]] : 0);
    }
    __syncwarp ();
}

/* Scores as products: they were multiplied by their latent's scale. */
static __device__ inline void
unscale (const CodesRun &run, int n, const Choice &c)
{
    const float *scale = run.args.weights.scale;
    for (int i = lane_id (); scale != NULL && i < n; i += 32)
        c.value[i] /= scale[c.latent[i]];
    __syncwarp ();
}

static __device__ inline unsigned long long
key_of (const CodesRun &run, float value, int latent)
{
    const float *scale = run.args.weights.scale;
    unsigned rank = codes_rank (value, scale != NULL ? scale[latent] : 1, run.args.by_magnitude,
                                run.args.only_positive);
    return (unsigned long long) rank << 32 | ~(unsigned) latent;
}

/* Leaves the k best of @n candidates that are codes at all; gives how many these are. A place needs only
 * counting. */
static __device__ inline int
keep_best (const CodesRun &run, int n, const Choice &c)
{
    int k = (int) run.args.k, lane = lane_id (), kept = 0;
    unsigned long long *key = (unsigned long long *) c.place;
    for (int i = lane; i < n; i += 32)
        key[i] = key_of (run, c.value[i], c.latent[i]);
    __syncwarp ();
    for (int first = 0; first < n; first += 32) {
        int i = min (first + lane, n - 1), better = 0, latent = c.latent[i];
        unsigned long long own = key[i];
        float value = c.value[i];
#pragma unroll 8
        for (int o = 0; o < n && n > k; o++)
            better += key[o] > own;
        bool in = own >> 32 != 0 && better < k && first + lane < n;
        unsigned all = __ballot_sync (~0u, in);
        __syncwarp (); /* all have read theirs */
        if (in) {
            int to = kept + __popc (all & ((1u << lane) - 1));
            c.latent[to] = latent;
            c.value[to] = value;
        }
        kept += __popc (all);
    }
    __syncwarp ();
    return kept;
}

/* Codes go out in the order of latents. */
static __device__ inline void
store_codes (const CodesRun &run, int64_t t, int n, const Choice &c)
{
    for (int i = lane_id (); i < n; i += 32) {
        int latent = c.latent[i], at = 0;
#pragma unroll 8
        for (int o = 0; o < n; o++)
            at += c.latent[o] < latent;
        run.args.latent[t * run.args.k + at] = latent;
        run.args.value[t * run.args.k + at] = c.value[i];
    }
    if (lane_id () == 0)
        run.args.count[t] = n;
}

/* The candidates of any row, in shared memory; more than there is room for if the marks do not decide. Of
 * what has none, products are below the threshold, and a score that is a product is below all that have. */
template <bool ROUNDED>
static __device__ inline int
choose_many (const CodesRun &run, const CodesRow &row, int64_t at, int n_chunks, const Choice &c)
{
    int found = gather<ROUNDED> (run, row, at, n_chunks, c), k = (int) run.args.k;
    if (found > run.room / 2)
        return found;
    unsigned bound = found >= k ? find_bound<ROUNDED> (run, found, c.value) : 0;
    bool all = run.args.only_positive && row.least == 0; /* that can be codes are marked */
    if (!all && (found < k || (!ROUNDED && bound < codes_order (row.least))))
        return run.room + 1;
    return keep_candidates<ROUNDED> (run, row, bound, found, c);
}

template <bool ROUNDED>
static __device__ inline int
find_candidates (const CodesRun &run, const CodesRow &row, int64_t at, const Choice &c)
{
    int n = find_chunks (run, at, c.place), found = 0;
    __syncwarp ();
    if (n >= run.args.k && n <= FEW && n <= run.room)
        found = choose_few<ROUNDED> (run, row, at, n, c);
    if (found > 0 || n > run.room)
        return found > 0 ? found : n;
    __syncwarp (); /* places were read */
    n = find_chunks (run, at, c.place);
    __syncwarp ();
    return choose_many<ROUNDED> (run, row, at, n, c);
}

/* A warp a row of the strip that begins at @first. */
template <bool ROUNDED, bool VECTORS>
static __global__ void
__launch_bounds__ (THREADS, ROUNDED ? BLOCKS : 1)
    choose_kernel (const __grid_constant__ CodesRun run, int64_t first, int n)
{
    extern __shared__ __align__ (16) float shared[];
    int64_t at = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32, t = first + at;
    Choice c = {shared + threadIdx.x / 32 * 2 * run.room};
    codes_begin ();
    if (at >= n)
        return;
    CodesRow row = run.row[t];
    c.latent = (int *) c.value + run.room / 2;
    c.place = c.latent + run.room / 2;
    int found = find_candidates<ROUNDED> (run, row, at, c);
    if (found > run.room / 2) { /* keys take twice the room */
        if (lane_id () == 0)
            run.redo[2 + atomicAdd (run.redo, 1)] = (int) t;
        return;
    }
    if (ROUNDED)
        unscale (run, found, c);
    else
        measure_candidates<VECTORS> (run, t, found, c);
    store_codes (run, t, keep_best (run, found, c), c);
}

size_t
cuda_codes_choice_bytes (const CodesRun *run)
{
    return WARPS * 2 * (size_t) run->room * 4;
}

cudaError_t
cuda_codes_choose (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    unsigned grid = (unsigned) ((n + WARPS - 1) / WARPS);
    size_t bytes = cuda_codes_choice_bytes (run);
    auto kernel = run->args.weights.rounded ? choose_kernel<true, true>
                  : codes_has_vectors (run) ? choose_kernel<false, true>
                                            : choose_kernel<false, false>;
    cudaError_t status =
        cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    if (status != cudaSuccess)
        return status;
    return codes_follow (kernel, grid, THREADS, bytes, stream, *run, first, n);
}
