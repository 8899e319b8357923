// Elementwise passes that PyTorch makes in several slow steps on a CPU, each in one. bf16 in and out, fp32 inside. See fused.py.
#include <math.h>
#include <stdint.h>

static inline float up(uint16_t h) { union { uint32_t u; float f; } v = { (uint32_t)h << 16 }; return v.f; }
static inline uint16_t down(float f) { union { float f; uint32_t u; } v = { f }; return (uint16_t)((v.u + 0x7FFF + ((v.u >> 16) & 1)) >> 16); }
static inline float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

void silu(const uint16_t *x, uint16_t *y, int64_t n) {
#pragma omp parallel for simd schedule(static)
    for (int64_t i = 0; i < n; i++) { float a = up(x[i]); y[i] = down(a * sigmoid(a)); }
}

void silu_back(const uint16_t *x, const uint16_t *dy, uint16_t *dx, int64_t n) {
#pragma omp parallel for simd schedule(static)
    for (int64_t i = 0; i < n; i++) { float a = up(x[i]), s = sigmoid(a); dx[i] = down(up(dy[i]) * s * (1 + a * (1 - s))); }
}

// y = a * silu(g): rows of 2c numbers [a, g] -> rows of c
void glu(const uint16_t *x, uint16_t *y, int64_t rows, int64_t c) {
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) {
        const uint16_t *a = x + r * 2 * c, *g = a + c;
        uint16_t *o = y + r * c;
#pragma omp simd
        for (int64_t i = 0; i < c; i++) { float v = up(g[i]); o[i] = down(up(a[i]) * v * sigmoid(v)); }
    }
}

void glu_back(const uint16_t *x, const uint16_t *dy, uint16_t *dx, int64_t rows, int64_t c) {
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) {
        const uint16_t *a = x + r * 2 * c, *g = a + c, *d = dy + r * c;
        uint16_t *da = dx + r * 2 * c, *dg = da + c;
#pragma omp simd
        for (int64_t i = 0; i < c; i++) {
            float v = up(g[i]), s = sigmoid(v), e = up(d[i]);
            da[i] = down(e * v * s);
            dg[i] = down(e * up(a[i]) * s * (1 + v * (1 - s)));
        }
    }
}

// y = silu(x / |x| * sqrt(c) * gain), per row of c channels
void rms_silu(const uint16_t *x, const float *gain, uint16_t *y, int64_t rows, int64_t c) {
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) {
        const uint16_t *a = x + r * c;
        uint16_t *o = y + r * c;
        float sum = 0;
#pragma omp simd reduction(+:sum)
        for (int64_t i = 0; i < c; i++) { float v = up(a[i]); sum += v * v; }
        float k = sqrtf((float)c) / fmaxf(sqrtf(sum), 1e-12f);
#pragma omp simd
        for (int64_t i = 0; i < c; i++) { float v = up(a[i]) * k * gain[i]; o[i] = down(v * sigmoid(v)); }
    }
}

// partial [threads-sized chunks, c] sums of the gain's gradient are added up by the caller
void rms_silu_back(const uint16_t *x, const float *gain, const uint16_t *dy, uint16_t *dx, float *partial, int64_t rows, int64_t c, int64_t chunks) {
#pragma omp parallel for schedule(static)
    for (int64_t k0 = 0; k0 < chunks; k0++) {
        float *dg = partial + k0 * c;
        for (int64_t r = k0 * rows / chunks; r < (k0 + 1) * rows / chunks; r++) {
            const uint16_t *a = x + r * c, *d = dy + r * c;
            uint16_t *o = dx + r * c;
            float sum = 0, dot = 0, dn[2048];
#pragma omp simd reduction(+:sum)
            for (int64_t i = 0; i < c; i++) { float v = up(a[i]); sum += v * v; }
            float k = sqrtf((float)c) / fmaxf(sqrtf(sum), 1e-12f);
#pragma omp simd reduction(+:dot)
            for (int64_t i = 0; i < c; i++) {
                float n = up(a[i]) * k, u = n * gain[i], s = sigmoid(u), e = up(d[i]) * s * (1 + u * (1 - s));
                dg[i] += e * n;
                dn[i] = e * gain[i];
                dot += dn[i] * n;
            }
            dot /= c;
#pragma omp simd
            for (int64_t i = 0; i < c; i++) o[i] = down(k * (dn[i] - up(a[i]) * k * dot));
        }
    }
}
