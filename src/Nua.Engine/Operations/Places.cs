using Nua.Engine.Data;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Oci.Storage;

namespace Nua.Engine.Operations;

/// <summary>Puts together what an operation works with; holds the instance's lock until it is disposed.</summary>
public sealed class Places : IDisposable
{
    private Places(Workplace work, Generations data) => (Work, Data) = (work, data);

    public Workplace Work { get; }

    /// <summary>The generations as folders, for what reads or fills them whole.</summary>
    public Generations Data { get; }

    /// <param name="instance">Locked by the caller; disposed with this.</param>
    public static Places Open(ImageStore store, Instance instance, IEngine engine, Action<string> tell, Action<int, ReadOnlyMemory<byte>> output)
    {
        var generations = Generations.Open(instance.Folder, engine.VolumeIds);
        var containers = new Containers(store, instance.Folder);
        var work = new Workplace(instance, engine, new InstanceData(generations, containers), containers, new HeldImages(store, instance.Folder))
        {
            Tell = tell,
            Output = output,
        };
        return new Places(work, generations);
    }

    public void Dispose()
    {
        Data.Dispose();
        Work.Instance.Dispose();
    }
}
