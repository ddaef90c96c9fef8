// A graphics card that is none: its memory is the host's, but torch takes it for another device.
//
// Nothing is computed here. Every operation that has no kernel below goes to the processor's, after
// it was looked at whether all its tensors lie on one device, as a real card demands.

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/resize_native.h>
#include <ATen/ops/set_cpu_dispatch.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_as_complex_native.h>
#include <ATen/ops/view_as_real_native.h>
#include <ATen/ops/view_native.h>
#include <torch/library.h>

#include <cstdlib>
#include <cstring>

namespace {

using at::Tensor;
using c10::SymIntArrayRef;

constexpr auto CARD = c10::DeviceType::PrivateUse1;
constexpr auto KEYS = c10::DispatchKeySet(c10::DispatchKey::PrivateUse1);

class Memory final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* begin = bytes ? std::malloc(bytes) : nullptr;
    return {begin, begin, &std::free, c10::Device(CARD, 0)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &std::free; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
};

Memory memory;
REGISTER_ALLOCATOR(CARD, &memory);

Tensor empty(SymIntArrayRef size, std::optional<at::ScalarType> type, std::optional<at::Layout>,
             std::optional<at::Device>, std::optional<bool>,
             std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(C10_AS_INTARRAYREF_SLOW(size), &memory, KEYS,
                                   c10::dtype_or_default(type), format);
}

Tensor empty_strided(SymIntArrayRef size, SymIntArrayRef strides,
                     std::optional<at::ScalarType> type, std::optional<at::Layout>,
                     std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(C10_AS_INTARRAYREF_SLOW(size),
                                           C10_AS_INTARRAYREF_SLOW(strides), &memory, KEYS,
                                           c10::dtype_or_default(type));
}

// The same memory as a tensor of the processor's.
Tensor on_host(const Tensor& tensor) {
  if (tensor.is_cpu()) return tensor;
  const auto count = static_cast<int64_t>(tensor.storage().nbytes() / tensor.element_size());
  auto flat = at::from_blob(tensor.storage().mutable_data(), {count},
                            at::TensorOptions().dtype(tensor.dtype()));
  return flat.as_strided(tensor.sizes(), tensor.strides(), tensor.storage_offset());
}

Tensor copy_from(const Tensor& from, const Tensor& to, bool) {
  on_host(to).copy_(on_host(from));
  return to;
}

Tensor copy_from_and_resize(const Tensor& from, const Tensor& to) {
  to.resize_(from.sizes());
  return copy_from(from, to, false);
}

Tensor as_strided(const Tensor& self, SymIntArrayRef size, SymIntArrayRef strides,
                  std::optional<c10::SymInt> offset) {
  std::optional<int64_t> begin;
  if (offset.has_value()) begin = offset->expect_int();
  return at::native::as_strided_tensorimpl(self, C10_AS_INTARRAYREF_SLOW(size),
                                           C10_AS_INTARRAYREF_SLOW(strides), begin);
}

Tensor view(const Tensor& self, SymIntArrayRef size) {
  return at::native::view(self, C10_AS_INTARRAYREF_SLOW(size));
}

Tensor reshape_alias(const Tensor& self, SymIntArrayRef size, SymIntArrayRef strides) {
  return at::native::_reshape_alias(self, C10_AS_INTARRAYREF_SLOW(size),
                                    C10_AS_INTARRAYREF_SLOW(strides));
}

const Tensor& resize(const Tensor& self, SymIntArrayRef size,
                     std::optional<at::MemoryFormat> format) {
  return at::native::resize_(self, C10_AS_INTARRAYREF_SLOW(size), format);
}

Tensor& set_part(Tensor& self, at::Storage storage, c10::SymInt offset, SymIntArrayRef size,
                 SymIntArrayRef strides) {
  return at::cpu::set_(self, storage, offset.expect_int(), C10_AS_INTARRAYREF_SLOW(size),
                       C10_AS_INTARRAYREF_SLOW(strides));
}

Tensor& set_whole(Tensor& self, at::Storage storage) {
  const auto count = static_cast<int64_t>(storage.nbytes() / self.dtype().itemsize());
  return at::cpu::set_(self, storage, 0, {count}, {1});
}

at::Scalar number(const Tensor& tensor) { return at::_local_scalar_dense(on_host(tensor)); }

// Attention is written out.
int64_t attention(const Tensor&, const Tensor&, const Tensor&, const std::optional<Tensor>&,
                  double, bool, std::optional<double>, bool) {
  return 0;
}

Tensor convolution(const Tensor& input, const Tensor& weight, const std::optional<Tensor>& bias,
                   SymIntArrayRef stride, SymIntArrayRef padding, SymIntArrayRef dilation,
                   bool transposed, SymIntArrayRef more_padding, c10::SymInt groups) {
  TORCH_CHECK(input.device() == weight.device(), "two devices in convolution");
  std::optional<Tensor> own;
  if (bias.has_value() && bias->defined()) own = on_host(*bias);
  return at::convolution_symint(on_host(input), on_host(weight), own, stride, padding, dilation,
                                transposed, more_padding, groups)
      .to(input.device());
}

// Written out by torch, it would not take what lies with its channels last; real cards' does.
std::tuple<Tensor, Tensor, Tensor> group_norm(const Tensor& input,
                                              const std::optional<Tensor>& weight,
                                              const std::optional<Tensor>& bias, c10::SymInt count,
                                              c10::SymInt channels, c10::SymInt pixels,
                                              int64_t groups, double eps) {
  std::optional<Tensor> own_weight, own_bias;
  if (weight.has_value() && weight->defined()) {
    TORCH_CHECK(input.device() == weight->device(), "two devices in group_norm");
    own_weight = on_host(*weight);
  }
  if (bias.has_value() && bias->defined()) own_bias = on_host(*bias);
  auto [made, mean, deviation] = at::native_group_norm_symint(
      on_host(input), own_weight, own_bias, count, channels, pixels, groups, eps);
  const auto device = input.device();
  return {made.to(device), mean.to(device), deviation.to(device)};
}

// Real cards, too, take indices from the host and copy between devices.
bool may_mix(const c10::OperatorHandle& op) {
  const auto& name = op.schema().name();
  return name == "aten::index" || name == "aten::index_put_" || name == "aten::_index_put_impl_" ||
         name == "aten::_to_copy";
}

void on_one_device(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  bool card = false, host = false;
  const auto look = [&](const Tensor& tensor) {
    if (!tensor.defined()) return;
    card = card || tensor.device().type() == CARD;
    // A single number may lie in the host's memory.
    host = host || (tensor.is_cpu() && tensor.dim() > 0);
  };
  for (const auto& given : torch::jit::last(*stack, op.schema().arguments().size())) {
    if (given.isTensor()) look(given.toTensor());
    if (!given.isList()) continue;
    for (const c10::IValue& one : given.toListRef())
      if (one.isTensor()) look(one.toTensor());
  }
  TORCH_CHECK(!(card && host) || may_mix(op), "two devices in ", op.schema().name());
  at::native::cpu_fallback(op, stack);
}

}  // namespace

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", &empty);
  library.impl("empty_strided", &empty_strided);
  library.impl("_copy_from", &copy_from);
  library.impl("_copy_from_and_resize", &copy_from_and_resize);
  library.impl("as_strided", &as_strided);
  library.impl("view", &view);
  library.impl("view_as_real", &at::native::view_as_real);
  library.impl("view_as_complex", &at::native::view_as_complex);
  library.impl("_reshape_alias", &reshape_alias);
  library.impl("unfold", &at::native::unfold);
  library.impl("resize_", &resize);
  library.impl("set_.source_Storage", &set_whole);
  library.impl("set_.source_Storage_storage_offset", &set_part);
  library.impl("_local_scalar_dense", &number);
  library.impl("_fused_sdp_choice", &attention);
  library.impl("convolution_overrideable", &convolution);
  library.impl("native_group_norm", &group_norm);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&on_one_device>());
}
