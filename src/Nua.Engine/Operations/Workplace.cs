using Nua.Engine.Engines;
using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>Everything an operation works on and with.</summary>
public sealed record Workplace(Instance Instance, IEngine Engine, IGenerations Generations, Containers Containers, HeldImages Images)
{
    public OperationTimes Times { get; init; } = OperationTimes.Default;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>One line for people at a time, escaped.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>What verbs print: stream 1 or 2 and bytes.</summary>
    public Action<int, ReadOnlyMemory<byte>> Output { get; init; } = (_, _) => { };

    public InstanceFolder Folder => Instance.Folder;
}
