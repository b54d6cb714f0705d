using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Settings;
using Nua.Sandbox;

namespace Nua.Build;

/// <summary>What the user asked to build.</summary>
public sealed record BuildRequest
{
    /// <summary>The application's folder, or its configuration file.</summary>
    public required string Directory { get; init; }

    /// <summary>The store's folder.</summary>
    public required string StoreHome { get; init; }

    /// <summary>The agent program that goes into the image.</summary>
    public required string AgentPath { get; init; }

    /// <summary><c>NAME[:TAG]</c> instead of the one from the configuration.</summary>
    public string? Name { get; init; }

    /// <summary><c>KEY=VALUE</c> pairs that override the configuration: <c>build.stack=node</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>What the image is for; <see cref="AgentPath"/> is a program for that.</summary>
    public Platform Platform { get; init; } = Platform.LinuxAmd64;

    /// <summary>Runs what is built for another processor; null when it is this machine's, or when none is installed.</summary>
    public Emulator? Emulator { get; init; }

    /// <summary>Put behind the image's name, for one of several platforms.</summary>
    public string NameSuffix { get; init; } = "";

    public string? BaseReference { get; init; }

    /// <summary>How registries are reached, for a base that is in one.</summary>
    public NetworkOptions Registries { get; init; } = new();

    public string? Mirror { get; init; }

    /// <summary>True or false for every phase; null as planned.</summary>
    public bool? Network { get; init; }

    public IReadOnlyList<BuildSecret> Secrets { get; init; } = [];

    /// <summary>Reuses no snapshot, resolution or layer of an earlier build.</summary>
    public bool NoCache { get; init; }

    /// <summary>Seconds since 1970 for every file; null is the commit's time or a constant.</summary>
    public long? SourceDateEpoch { get; init; }

    /// <summary>Variables of the calling process, for mirrors and proxies.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>A file whose content the build steps that name it may read under <c>/run/secrets/ID</c>.</summary>
public sealed record BuildSecret(string Id, string File);

/// <summary>What happens during a build, for whoever shows it.</summary>
public abstract record BuildEvent
{
    private BuildEvent()
    {
    }

    public sealed record PhaseStarted(string Name) : BuildEvent;

    public sealed record StepStarted(int Number, string Title) : BuildEvent;

    /// <summary>A line a step wrote, escaped and with secrets masked.</summary>
    public sealed record StepOutput(string Line) : BuildEvent;

    public sealed record StepEnded(int Number, int Status, TimeSpan Time) : BuildEvent;

    public sealed record Note(string Text) : BuildEvent;

    public sealed record ProblemFound(Problem Problem) : BuildEvent;
}

/// <param name="WasCached">The very same image had been built before: nothing was run and nothing was written.</param>
public sealed record BuildOutcome(Digest Digest, string ImageName, bool WasCached, IReadOnlyList<Problem> Problems);
