/// What is wrong with a place for images, or with an image in it.
package enum ImageStoreError: Error, Equatable, CustomStringConvertible {
    /// The place cannot be used at all.
    case unusable(place: String, reason: String)
    /// A job says that it has this image, and it is not there.
    case missing(ImageName)
    /// What lies there is not what was put there.
    case damaged(ImageName)

    package var description: String {
        switch self {
        case .unusable(let place, let reason):
            "cannot keep images in \(place): \(reason); set store.images to a place that can be written"
        case .missing(let name):
            "the image \(name) is not where store.images says; was it another place when the job was done?"
        case .damaged(let name): "the image \(name) is damaged: its bytes have another SHA-256"
        }
    }
}
