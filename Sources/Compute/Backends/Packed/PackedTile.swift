#if arch(x86_64)
internal import CKernels
#endif

/// What products are computed in: a tile of sums that fills the registers of some kind of processor.
package enum PackedTile: Sendable {
    /// fp32, bf16 and int8.
    case avx512
    /// fp32 operands and fp32 or bf16 weights, with FMA; and int8.
    case avx2
    /// The same, and int8 by one instruction in place of four.
    case avxVNNI
    /// bf16 and int8, in the registers of AMX.
    case amx
}

#if arch(x86_64)
extension PackedTile {
    /// The widest that this processor has; AVX2 is the least that an offer asks for.
    static let widest: PackedTile = Processor.current.hasAVX512 ? .avx512 : .avx2

    var kernel: uk_tile {
        switch self {
        case .avx512: UK_TILE_AVX512
        case .avx2: UK_TILE_AVX2
        case .avxVNNI: UK_TILE_AVX_VNNI
        case .amx: UK_TILE_AMX
        }
    }

    /// Rows of a full tile.
    var rows: Int { uk_tile_rows(kernel) }

    /// Columns of a full panel of packed weights.
    var panelColumns: Int { uk_panel_columns(kernel) }

    /// Packs the weights of a product or a convolution, [columns, taps, depth].
    func panels(of weight: [Float], _ precision: Precision, columns: Int, taps: Int, depth: Int) -> HostBlock {
        let block = HostBlock(byteCount: uk_panels_size(kernel, precision.element, columns, taps, depth))
        unsafe uk_panels_pack(kernel, weight, precision.element, columns, taps, depth, block.base)
        return block
    }

    /// Packs weights that are stored in 8 bits, [columns, depth], to the bytes that the numbers they were made of would give.
    func panels(of weight: QuantisedMatrix) -> HostBlock {
        let block = HostBlock(byteCount: uk_panels_size(kernel, UK_INT8, weight.rows, 1, weight.columns))
        unsafe uk_panels_pack_int8(kernel, weight.numbers, weight.scales, weight.rows, weight.columns, block.base)
        return block
    }

    /// Rows of a product that a thread computes at once, in whole tiles, so that only the last block has an incomplete one.
    func blockRows(depth: Int, _ precision: Precision) -> Int {
        switch self {
        case .avx512, .amx:
            // Their operands take less than half of a core's second-level cache, which the weights pass through too: of 1 MB,
            // of 2 MB where there is AMX.
            let bytes = self == .amx ? 960 << 10 : 384 << 10
            return max(1, bytes / (depth * precision.byteCount) / rows) * rows
        case .avx2, .avxVNNI:
            // As many as the kernel takes through one part of the depth after the other; int8, whose depth is not cut, has the same.
            return uk_pass_rows(kernel)
        }
    }
}
#endif
