# What happens in each step is in scripts/install-debian.sh, which also makes a Debian machine ready.
FROM debian:trixie-slim AS build
WORKDIR /opt/foyer
COPY package.json package-lock.json tsconfig.json ./
COPY scripts scripts
COPY src src
RUN sh scripts/install-debian.sh build

FROM debian:trixie-slim
WORKDIR /opt/foyer
COPY package.json ./
COPY scripts scripts
RUN sh scripts/install-debian.sh run container && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/foyer/node_modules node_modules
COPY --from=build /opt/foyer/dist dist
COPY views views
COPY public public
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 8080 8443 8081 8082
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "scripts/health.mjs"]
# It begins as root to own the volume and to read secrets, and goes on as the user foyer.
ENTRYPOINT ["sh", "/opt/foyer/scripts/as-foyer.sh"]
CMD ["tini", "--", "node", "dist/main.js"]
