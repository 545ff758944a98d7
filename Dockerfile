# One image for every part of Rogatory: which part runs is the command's business.
# Wheels only, each with its hash.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/rogatory
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN /opt/rogatory/bin/python -m pip install -q --require-hashes --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY broker broker
COPY keys keys
COPY adapters adapters
COPY proto proto
COPY examples examples
# Compiled here, since the root of a running container cannot be written to.
RUN /opt/rogatory/bin/python -m pip install -q --no-deps --no-build-isolation . \
    && /opt/rogatory/bin/python -m compileall -q /opt/rogatory/lib

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Rogatory" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/rogatory /opt/rogatory
# Volumes take over owner and mode of the folders that they are first mounted on.
RUN groupadd --system --gid 10001 rogatory \
    && useradd --system --uid 10001 --gid rogatory --home-dir /nonexistent --shell /usr/sbin/nologin rogatory \
    && install -d -m 0700 -o rogatory -g rogatory \
       /var/lib/rogatory/hub /var/lib/rogatory/hub/bus /var/lib/rogatory/hub/tls \
       /var/lib/rogatory/exchange \
       /var/lib/rogatory/ken /var/lib/rogatory/bel
ENV PATH=/opt/rogatory/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["rogatory", "--help"]
