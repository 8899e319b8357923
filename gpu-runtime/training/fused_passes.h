// The passes of fused.c for one number type: T, UP to float, DOWN from float, NAME of a function.
void NAME(silu)(const T *x, T *y, int64_t n) {
#pragma omp parallel for simd schedule(static)
    for (int64_t i = 0; i < n; i++) { float a = UP(x[i]); y[i] = DOWN(a * sigmoid(a)); }
}

void NAME(silu_back)(const T *x, const T *dy, T *dx, int64_t n) {
#pragma omp parallel for simd schedule(static)
    for (int64_t i = 0; i < n; i++) { float a = UP(x[i]), s = sigmoid(a); dx[i] = DOWN(UP(dy[i]) * s * (1 + a * (1 - s))); }
}

// y = a * silu(g): rows of 2c numbers [a, g] -> rows of c
void NAME(glu)(const T *x, T *y, int64_t rows, int64_t c) {
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) {
        const T *a = x + r * 2 * c, *g = a + c;
        T *o = y + r * c;
#pragma omp simd
        for (int64_t i = 0; i < c; i++) { float v = UP(g[i]); o[i] = DOWN(UP(a[i]) * v * sigmoid(v)); }
    }
}

void NAME(glu_back)(const T *x, const T *dy, T *dx, int64_t rows, int64_t c) {
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) {
        const T *a = x + r * 2 * c, *g = a + c, *d = dy + r * c;
        T *da = dx + r * 2 * c, *dg = da + c;
#pragma omp simd
        for (int64_t i = 0; i < c; i++) {
            float v = UP(g[i]), s = sigmoid(v), e = UP(d[i]);
            da[i] = DOWN(e * v * s);
            dg[i] = DOWN(e * UP(a[i]) * s * (1 + v * (1 - s)));
        }
    }
}

// y = silu(x / |x| * sqrt(c) * gain), per row of c channels
void NAME(rms_silu)(const T *x, const float *gain, T *y, int64_t rows, int64_t c) {
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) {
        const T *a = x + r * c;
        T *o = y + r * c;
        float sum = 0;
#pragma omp simd reduction(+:sum)
        for (int64_t i = 0; i < c; i++) { float v = UP(a[i]); sum += v * v; }
        float k = sqrtf((float)c) / fmaxf(sqrtf(sum), 1e-12f);
#pragma omp simd
        for (int64_t i = 0; i < c; i++) { float v = UP(a[i]) * k * gain[i]; o[i] = DOWN(v * sigmoid(v)); }
    }
}

// partial [threads-sized chunks, c] sums of the gain's gradient are added up by the caller
void NAME(rms_silu_back)(const T *x, const float *gain, const T *dy, T *dx, float *partial, int64_t rows, int64_t c, int64_t chunks) {
#pragma omp parallel for schedule(static)
    for (int64_t k0 = 0; k0 < chunks; k0++) {
        float *dg = partial + k0 * c;
        for (int64_t r = k0 * rows / chunks; r < (k0 + 1) * rows / chunks; r++) {
            const T *a = x + r * c, *d = dy + r * c;
            T *o = dx + r * c;
            float sum = 0, dot = 0, dn[2048];
#pragma omp simd reduction(+:sum)
            for (int64_t i = 0; i < c; i++) { float v = UP(a[i]); sum += v * v; }
            float k = sqrtf((float)c) / fmaxf(sqrtf(sum), 1e-12f);
#pragma omp simd reduction(+:dot)
            for (int64_t i = 0; i < c; i++) {
                float n = UP(a[i]) * k, u = n * gain[i], s = sigmoid(u), e = UP(d[i]) * s * (1 + u * (1 - s));
                dg[i] += e * n;
                dn[i] = e * gain[i];
                dot += dn[i] * n;
            }
            dot /= c;
#pragma omp simd
            for (int64_t i = 0; i < c; i++) o[i] = DOWN(k * (dn[i] - UP(a[i]) * k * dot));
        }
    }
}
