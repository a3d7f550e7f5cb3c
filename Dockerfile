# docker build -t underpaint --build-arg REVISION="$(git rev-parse --short=12 HEAD)" .
# docker run --rm -p 127.0.0.1:8080:8080 -e UNDERPAINT_HTTP_OPEN=true underpaint
#
# The base images can be pinned to what was tested: a tag moves, a digest does not. `docker buildx imagetools inspect
# debian:bookworm-slim` says the digest of today.
#   --build-arg DEBIAN_IMAGE=debian:bookworm-slim@sha256:... --build-arg SWIFT_IMAGE=swift:6.3-bookworm@sha256:...
ARG SWIFT_IMAGE=swift:6.3-bookworm
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${SWIFT_IMAGE} AS build
WORKDIR /source
COPY scripts/setup scripts/setup
RUN scripts/setup
# Dependencies change more seldom than sources. Package.resolved pins what our dependencies depend on, where it is there.
COPY Package.swift Package.resolve[d] ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
ARG REVISION=""
# The Swift runtime goes into the binary: the runtime stage needs no toolchain image. Debug information stays behind,
# and so do symbols that nothing is linked by, which are two thirds of the rest.
RUN SOURCE_REVISION="${REVISION}" swift build -c release --static-swift-stdlib --product underpaint \
    && install -D .build/release/underpaint /out/underpaint \
    && strip --strip-unneeded /out/underpaint

FROM ${DEBIAN_IMAGE} AS libraries
# Security fixes of these come with a rebuild: a version that is pinned here would be gone from Debian's mirrors soon.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libcurl4 libdnnl2 libmicrohttpd12 libnettle8 \
        libopenblas0-pthread libpng16-16 libpq5 libsqlite3-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/underpaint \
        --shell /usr/sbin/nologin underpaint
COPY --from=build /out/underpaint /usr/local/bin/underpaint
COPY scripts/collect-runtime /usr/local/sbin/collect-runtime
RUN /usr/local/sbin/collect-runtime /usr/local/bin/underpaint /image \
    && install --directory /image/etc/underpaint \
    && echo '# Your configuration: mount it here. It is stronger than /usr/share/underpaint/container.yaml.' \
        >/image/etc/underpaint/underpaint.yaml

# No shell and no package manager: the program, its libraries, and nothing to break in with.
FROM scratch AS runtime
COPY --from=libraries /image /
WORKDIR /usr/share/underpaint
COPY LICENSE ./
COPY models models
COPY config/container.yaml ./
ENV PATH=/usr/local/bin
# What a mounted /etc/underpaint/underpaint.yaml says is stronger than the image's own file.
ENV UNDERPAINT_CONFIG=/usr/share/underpaint/container.yaml:/etc/underpaint/underpaint.yaml
USER 10001:10001
# What is to be kept when the container goes; the rest of the file system may be read-only.
VOLUME /var/lib/underpaint
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["underpaint", "health"]
ENTRYPOINT ["underpaint"]
CMD ["serve"]
ARG VERSION=0.1.0
ARG REVISION=""
ARG CREATED=""
LABEL org.opencontainers.image.title="Underpaint" \
      org.opencontainers.image.description="Class-conditional images from masked autoregressive models, over HTTP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
