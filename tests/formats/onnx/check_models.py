# Checks each model of a folder by onnx's own checker, with inferred shapes. usage: check_models.py FOLDER
import glob, os, sys
import onnx

failed = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx"))):
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    except Exception as problem:
        print(os.path.basename(path), problem)
        failed += 1
sys.exit(1 if failed else 0)
