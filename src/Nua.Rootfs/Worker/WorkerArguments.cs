using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>How a worker is started: <c>__worker [loopback] [emulator=PROGRAM]</c>.</summary>
/// <param name="OwnsNetwork">The network namespace is the worker's own and still without loopback.</param>
/// <param name="Emulator">To be registered in the worker's user namespace.</param>
public sealed record WorkerArguments(bool OwnsNetwork, Emulator? Emulator)
{
    public const string Order = "__worker";
    private const string Loopback = "loopback", EmulatorOption = "emulator=";

    public static WorkerArguments Parse(IReadOnlyList<string> words) => new(
        words.Contains(Loopback),
        words.FirstOrDefault(word => word.StartsWith(EmulatorOption, StringComparison.Ordinal)) is { } given ? new Emulator(given[EmulatorOption.Length..]) : null);

    public IReadOnlyList<string> ToList() =>
        [Order, .. OwnsNetwork ? [Loopback] : (string[])[], .. Emulator is null ? (string[])[] : [EmulatorOption + Emulator.Program]];
}
