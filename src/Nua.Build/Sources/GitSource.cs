using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Build.Sources;

/// <summary>
/// Gets one commit of a repository through the host's <c>git</c>. Only the wanted branch or tag, one commit deep, without
/// submodules; the commit is kept as a bare repository <c>caches/sources/git/KEY/COMMIT</c>. Talking to the server uses the
/// caller's own git and ssh configuration (credentials, proxies); writing the files uses none, so that no filter, hook
/// or line-end rule of the host changes them. Nothing may ask for a password.
/// </summary>
internal sealed partial class GitSource(string folder, IReadOnlyDictionary<string, string> hostEnvironment, SourceLimits limits)
{
    private static readonly string[] _passedOn =
    [
        "PATH", "HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_SSL_CAINFO",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    ];

    /// <summary>Options of every call: no hooks, no background work, no programs named by a repository.</summary>
    private static readonly string[] _safe =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
        "-c", "protocol.ext.allow=never", "-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false",
        "-c", "advice.detachedHead=false",
    ];

    /// <summary>Resolves the branch and fetches its commit unless it is there already.</summary>
    public async Task<(string Repository, string Commit, long Time)> PinAsync(
        string address, string branch, string projectFolder, CancellationToken cancellationToken)
    {
        var remote = GitAddress.Parse(address, projectFolder);
        if (!IsRefName(branch))
        {
            throw SourceProblems.BadBranch(branch);
        }

        var commit = IsCommit(branch) ? branch : await ResolveAsync(remote, branch, cancellationToken).ConfigureAwait(false);
        var repository = Path.Combine(folder, Key(remote.Url), commit);
        if (!Directory.Exists(repository))
        {
            await FetchAsync(remote, commit, branch, repository, cancellationToken).ConfigureAwait(false);
        }

        var shown = await RunAsync(
            new(remote, "read the commit", IsLocal: true), cancellationToken,
            "--git-dir", repository, "show", "-s", "--format=%ct", commit, "--").ConfigureAwait(false);
        return (repository, commit, long.Parse(shown.Trim(), CultureInfo.InvariantCulture));
    }

    /// <summary>Writes the commit's files into the empty folder <paramref name="target"/>.</summary>
    public async Task CheckOutAsync(string repository, string commit, string shown, string target, CancellationToken cancellationToken)
    {
        var index = Path.Combine(target, $".index-{Guid.NewGuid():N}");
        var remote = new GitAddress(repository, shown, "file");
        try
        {
            await RunAsync(
                new(remote, "list the files", IsLocal: true) { IndexFile = index }, cancellationToken,
                "--git-dir", repository, "read-tree", commit).ConfigureAwait(false);
            await RunAsync(
                new(remote, "write the files", IsLocal: true) { IndexFile = index }, cancellationToken,
                "-c", "core.bare=false", "-c", "core.autocrlf=false", "--git-dir", repository, "--work-tree", target,
                "checkout-index", "--all", "--force").ConfigureAwait(false);
        }
        finally
        {
            File.Delete(index);
        }
    }

    private async Task<string> ResolveAsync(GitAddress remote, string branch, CancellationToken cancellationToken)
    {
        var head = $"refs/heads/{branch}";
        var tag = $"refs/tags/{branch}";
        var text = await RunAsync(
            new(remote, "list the branches", IsLocal: false), cancellationToken,
            "ls-remote", "--", remote.Url, head, tag, tag + "^{}").ConfigureAwait(false);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split('\t');
            if (parts.Length == 2 && IsCommit(parts[0]))
            {
                found[parts[1]] = parts[0];
            }
        }

        // An annotated tag is an object of its own; ^{} is the commit it stands for.
        return found.GetValueOrDefault(head) ?? found.GetValueOrDefault(tag + "^{}") ?? found.GetValueOrDefault(tag)
            ?? throw SourceProblems.NoBranch(remote.Shown, branch);
    }

    private async Task FetchAsync(
        GitAddress remote, string commit, string branch, string repository, CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(repository)!;
        DurableFile.CreateDirectory(parent, 0x1C0);
        var temporary = Path.Combine(parent, $".{Guid.NewGuid():N}.tmp");
        try
        {
            await RunAsync(
                new(remote, "make a repository", IsLocal: true), cancellationToken,
                "init", "--quiet", "--bare", "--template=", "--", temporary).ConfigureAwait(false);
            await FetchCommitAsync(remote, commit, branch, temporary, cancellationToken).ConfigureAwait(false);
            Publish(temporary, repository);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <summary>By hash where the server allows it, which cannot race with a push; else by name, and then the hash must agree.</summary>
    private async Task FetchCommitAsync(
        GitAddress remote, string commit, string branch, string repository, CancellationToken cancellationToken)
    {
        string[] options = ["--git-dir", repository, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", remote.Url];
        try
        {
            await RunAsync(new(remote, "fetch the commit", IsLocal: false), cancellationToken, [.. options, commit]).ConfigureAwait(false);
        }
        catch (ProblemException) when (!IsCommit(branch))
        {
            await RunAsync(new(remote, "fetch the branch", IsLocal: false), cancellationToken, [.. options, branch]).ConfigureAwait(false);
        }

        await RunAsync(
            new(remote, "find the commit it listed", IsLocal: true), cancellationToken,
            "--git-dir", repository, "cat-file", "-e", commit + "^{commit}").ConfigureAwait(false);
    }

    private static void Publish(string temporary, string repository)
    {
        using var held = FileLock.Exclusive(Path.Combine(Path.GetDirectoryName(repository)!, ".lock"));
        if (!Directory.Exists(repository))
        {
            SourceFolders.Sync(temporary);
            DurableFile.Rename(temporary, repository);
        }
    }

    private async Task<string> RunAsync(Call call, CancellationToken cancellationToken, params string[] arguments)
    {
        var environment = HostProgram.Pick(hostEnvironment, _passedOn);
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_ASKPASS"] = "/bin/false";
        environment["SSH_ASKPASS"] = "/bin/false";
        environment["GIT_ALLOW_PROTOCOL"] = call.Remote.Protocol;
        environment.TryAdd("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
        if (call.IsLocal)
        {
            environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
            environment["GIT_ATTR_NOSYSTEM"] = "1";
        }

        if (call.IndexFile is not null)
        {
            environment["GIT_INDEX_FILE"] = call.IndexFile;
        }

        var git = HostProgram.Find("git", hostEnvironment, environment)
            ?? throw SourceProblems.MissingProgram("git", "git", "getting a source from git");
        var result = await git.RunAsync([.. _safe, .. arguments], "/", limits.Transfer, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw SourceProblems.GitFailed(call.Remote.Shown, call.Doing, result.Summary);
    }

    private static string Key(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))[..32];

    private static bool IsCommit(string text) => Commit().IsMatch(text);

    /// <summary>The rules of <c>git check-ref-format</c>, and no option in disguise.</summary>
    private static bool IsRefName(string name) =>
        name.Length is > 0 and <= 250 && RefName().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal)
        && !name.Split('/').Any(p => p.StartsWith('.') || p.EndsWith(".lock", StringComparison.Ordinal))
        && name[^1] is not ('/' or '.');

    /// <summary>One git command. A local one reads nothing of the caller's configuration.</summary>
    private sealed record Call(GitAddress Remote, string Doing, bool IsLocal)
    {
        public string? IndexFile { get; init; }
    }

    [GeneratedRegex(@"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Commit();

    [GeneratedRegex(@"\A[^-\x00-\x20\x7f~^:?*\[\\/][^\x00-\x20\x7f~^:?*\[\\]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RefName();
}
