using Nua.Acceptance.Judges;

namespace Nua.Acceptance.Running;

/// <summary>Images as other people make them: podman builds a Containerfile from scratch, with a static busybox as the whole system. Nothing is fetched.</summary>
public static class MadeImages
{
    /// <summary>
    /// Like Alpine: a shell, apk's database, musl's names; an entry script, a user by name, a volume, a health check. Answers with
    /// what it sees of itself.
    /// </summary>
    public static string Alpine(int port) => $"""
        FROM scratch
        COPY root /
        COPY --chown=1000:1000 data /var/lib/web
        ENV GREETING="a \$b" PATH=/usr/local/bin:/bin
        WORKDIR /srv
        EXPOSE {port}/tcp 53/udp
        VOLUME /var/lib/web
        STOPSIGNAL SIGINT
        USER web
        HEALTHCHECK --interval=7s --retries=4 CMD ["test", "-f", "/var/lib/web/index.html"]
        ENTRYPOINT ["/entry.sh", "$(not run)"]
        CMD ["-p", "{port}"]
        """;

    /// <summary>Like a distroless image: one program, no shell, no accounts, root by default.</summary>
    public static string Distroless(int port) => $"""
        FROM scratch
        COPY root/bin/busybox /httpd
        COPY root/srv /www
        EXPOSE {port}
        ENTRYPOINT ["/httpd", "-f", "-h", "/www"]
        CMD ["-p", "{port}"]
        """;

    /// <summary>Like a small Debian: this machine's C library where its loader looks, and nothing else.</summary>
    public const string Glibc = """
        FROM scratch
        COPY glibc /
        """;

    private const string Entry = """
        #!/bin/sh
        printf 'greeting=%s dir=%s uid=%s home=%s args=%s\n' "$GREETING" "$PWD" "$(id -u)" "$HOME" "$*" > /var/lib/web/index.html
        cat /var/lib/web/seed >> /var/lib/web/index.html
        trap 'exit 0' INT
        shift
        busybox httpd -f -h /var/lib/web "$@" &
        wait $!
        """;

    private const string Installed = """
        P:musl
        V:1.2.5-r0
        A:x86_64
        L:MIT
        F:lib
        R:ld-musl-x86_64.so.1

        P:busybox
        V:1.36.1-r29
        A:x86_64
        L:GPL-2.0-only
        D:musl
        F:bin
        R:busybox

        """;

    /// <summary>Builds with podman and saves: <c>docker-archive</c> keeps Docker's form, <c>oci-archive</c> is OCI's.</summary>
    /// <returns>The archive's location, as nua takes it.</returns>
    public static async Task<string> MakeAsync(TemporaryFolder folder, string containerfile, string form = "docker-archive")
    {
        await WriteRootAsync(folder);
        folder.Write("Containerfile", containerfile + "\n");
        folder.Write("policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}""");
        var podman = new Shell("podman").WithPodmanIn(folder, "vfs").In(folder.Path);
        var format = form.StartsWith("docker", StringComparison.Ordinal) ? "docker" : "oci";
        (await podman.With("build", "--quiet", "--format", format, "--layers", "--timestamp", "0", "--signature-policy", folder["policy.json"],
            "--tag", "localhost/made:1", "--file", folder["Containerfile"], folder.Path).RunAsync()).Expect(0);
        var archive = folder[$"{Guid.NewGuid():n}.tar"];
        (await podman.With("save", "--quiet", "--format", form, "--output", archive, "localhost/made:1").RunAsync()).Expect(0);
        await podman.With("rmi", "--all", "--force").RunAsync();
        return $"{form}:{archive}";
    }

    private static async Task WriteRootAsync(TemporaryFolder folder)
    {
        folder.Write("root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000:web:/home/web:/bin/sh\n");
        folder.Write("root/etc/group", "root:x:0:\nweb:x:1000:\n");
        folder.Write("root/etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n");
        folder.Write("root/lib/apk/db/installed", Installed);
        folder.Write("root/srv/index.html", "plain page\n");
        folder.Write("data/seed", "seeded\n");
        folder.Write("root/entry.sh", Entry + "\n");
        (await Shell.ScriptAsync(
            "mkdir -p bin tmp home/web usr/local/bin; cp \"$(command -v busybox)\" bin/busybox; "
            + "for name in sh cat id test httpd; do ln -sf busybox bin/$name; done; "
            + "chmod 0755 bin/busybox entry.sh; chmod 1777 tmp; : > lib/ld-musl-x86_64.so.1", folder["root"])).Expect(0);
        (await Shell.ScriptAsync(
            "mkdir -p glibc/lib64 glibc/lib/x86_64-linux-gnu; cp -L /lib64/ld-linux-x86-64.so.2 glibc/lib64/; "
            + "cp -L /lib/x86_64-linux-gnu/libc.so.6 glibc/lib/x86_64-linux-gnu/", folder.Path)).Expect(0);
    }
}
