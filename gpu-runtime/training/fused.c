// Elementwise passes that PyTorch makes in several slow steps on a CPU, each in one. bf16 or fp32 in and out, fp32 inside. See fused.py.
#include <math.h>
#include <stdint.h>

static inline float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

static inline float up_bf16(uint16_t h) { union { uint32_t u; float f; } v = { (uint32_t)h << 16 }; return v.f; }
static inline uint16_t down_bf16(float f) { union { float f; uint32_t u; } v = { f }; return (uint16_t)((v.u + 0x7FFF + ((v.u >> 16) & 1)) >> 16); }

#define T uint16_t
#define UP(x) up_bf16(x)
#define DOWN(x) down_bf16(x)
#define NAME(x) x##_bf16
#include "fused_passes.h"
#undef T
#undef UP
#undef DOWN
#undef NAME

#define T float
#define UP(x) (x)
#define DOWN(x) (x)
#define NAME(x) x##_fp32
#include "fused_passes.h"
